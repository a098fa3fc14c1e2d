"""Dice that roll the same each time."""

from __future__ import annotations

import random


def dice(seed: int = 1) -> random.Random:
    """Dice of that seed."""
    return random.Random(seed)  # noqa: S311 - they guard nothing
