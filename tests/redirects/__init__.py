"""Redirects and cookies: where a call goes, and what goes with it."""
