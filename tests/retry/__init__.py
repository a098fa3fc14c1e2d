"""Calls that are sent again."""
