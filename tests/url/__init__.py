"""Paths and queries that mean what the caller meant."""
