"""Refresh tokens that are good once, and processes that share them: none is used twice."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.campaign.figure import Amounts, Measured
from tests.stores.rotating import play

PROCESSES, EXPIRIES = 8, 1_000


def share_tokens(asked: Amounts) -> Measured:
    """Have processes share a file of tokens, which end with each hour of a time of their own; count what was reused."""
    with tempfile.TemporaryDirectory() as folder:
        played = play(Path(folder), PROCESSES, -(-asked.calls // PROCESSES))
    _ = sys.stderr.write(played.words)
    well = [each == 0 for each in played.statuses]
    done = Amounts(calls=sum(well) * -(-asked.calls // PROCESSES))
    said = f"{played.reused} reused of {played.refreshed}"
    return Measured(value=said, ok=all(well) and played.reused == 0, done=done)
