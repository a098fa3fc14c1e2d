"""How many requests may be in flight, and how many may wait, unless somebody says otherwise."""

from __future__ import annotations

DEFAULT_SIZE = 20
"""Requests in flight at once to a server, unless a bulkhead says otherwise."""
DEFAULT_QUEUE = 100_000
"""Requests that may wait, unless a bulkhead or a rate limit says otherwise."""
