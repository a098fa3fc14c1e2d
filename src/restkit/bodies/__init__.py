"""Request bodies: what a caller may hand over, and how it becomes a stream that can be sent again.

`kinds.py` tells one kind of content from another. Each kind is a `Source` in a file of its own; some of them change the
pieces of another: `measured.py`, `gzipped.py`, and `multipart.py`, which joins several. Nothing is imported here, since
most calls send JSON.
"""
