"""The same value from both readers: generated models and bodies, read by msgspec alone and by cattrs."""

from __future__ import annotations

from itertools import count

from tests.campaign.figure import Amounts, Measured
from tests.codec.generated import differences

BODIES = 20
"""Bodies for each model."""


def compare_readers(asked: Amounts) -> Measured:
    """Generate models until so many bodies were read both ways."""
    compared, models, found = 0, 0, list[str]()
    for seed in count():
        if compared >= asked.calls:
            break
        both, differing = differences(seed, BODIES)
        compared, models, found = compared + both, models + bool(both), found + differing
    for each in found[:5]:
        print(each)
    value = f"{len(found)} differences, {compared} bodies of {models} models read both ways"
    return Measured(value=value, ok=not found, done=Amounts(seeds=models, calls=compared))
