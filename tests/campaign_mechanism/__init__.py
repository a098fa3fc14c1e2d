"""The campaign's own mechanism: what must make it fail does."""
