"""A server on the loopback address that misbehaves as it is told, and the table of what it can do."""
