"""Bytes to values, and back."""

from restkit.codec.codec import Codec, Path, Within
from restkit.codec.json import JSON
from restkit.codec.model_codec import ModelCodec

__all__ = ["JSON", "Codec", "ModelCodec", "Path", "Within"]
