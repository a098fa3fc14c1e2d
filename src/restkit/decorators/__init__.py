"""Resilience for functions outside a client, plain and asynchronous ones alike.

Start with `functions.py`; each decorator is one file.
"""
