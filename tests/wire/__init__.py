"""The wire: what travels over sockets, and what ends it."""
