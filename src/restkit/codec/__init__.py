"""Bytes to values, and back."""

from restkit.codec.codec import Codec
from restkit.codec.json import JSON

__all__ = ["JSON", "Codec"]
