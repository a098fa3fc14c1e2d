"""Moments, in seconds since 1970, as signed requests tell them."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

Moment: TypeAlias = Literal["seconds", "milliseconds", "iso", "http"]
WRITTEN: Mapping[Moment, Callable[[float], str]] = {
    "seconds": lambda moment: str(int(moment)),
    "milliseconds": lambda moment: str(int(moment * 1000)),
    "iso": lambda moment: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
    "http": lambda moment: email.utils.formatdate(moment, usegmt=True),
}
"""Each way to write one: since 1970, by ISO 8601, or as HTTP's own dates (RFC 9110, section 5.6.7)."""
