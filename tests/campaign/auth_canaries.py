"""Canaries: secrets that nobody may see, through every scheme, whether a call goes well or not."""

from __future__ import annotations

from itertools import cycle

from tests.auth.every import EVERY, OUTCOMES, canary, traces_of
from tests.campaign.figure import Amounts, Measured

CANARIES = 50
WELL, *BADLY = OUTCOMES


def look_for_canaries(asked: Amounts) -> Measured:
    """Send each canary through every scheme, once when all is well and once when something fails."""
    failures, seen, cells = cycle(BADLY), 0, 0
    for _ in range(asked.seeds):
        secret = canary()
        for name in EVERY:
            for outcome in (WELL, next(failures)):
                traces = traces_of(name, secret, *outcome)
                seen += sum(secret in each for each in traces)
                cells += bool(traces)
    value = f"{seen} seen of {asked.seeds} secrets, in {len(EVERY)} schemes"
    return Measured(value=value, ok=not seen, done=Amounts(seeds=asked.seeds, cells=cells))
