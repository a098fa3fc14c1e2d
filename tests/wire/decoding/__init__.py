"""Content codings, undone as bytes come."""
