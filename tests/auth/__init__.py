"""Authentication: schemes, where credentials go, and the life of tokens."""
