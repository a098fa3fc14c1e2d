"""HTTP/1.1 without I/O: the table of strictness, h11 as the oracle, and any cut of the stream."""
