"""The demo: its script in both worlds, its screens and its embedded API."""
