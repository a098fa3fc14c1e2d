"""The demo: a lending library's API on a real socket, its SDK, and calls in both worlds.

Run it with `python -m restkit.demo`. Start reading with `sdk.py`: it is what an author of an SDK writes.
"""
