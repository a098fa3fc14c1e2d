"""Schemes that sign each request."""
