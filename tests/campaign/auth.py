"""The figures of authentication: one refresh however many wait, whatever happens meanwhile, and no secret anywhere."""

from __future__ import annotations

from tests.auth.every import EVERY
from tests.campaign.auth_canaries import CANARIES, look_for_canaries
from tests.campaign.auth_crowd import TASKS, THREADS, share_one_refresh
from tests.campaign.auth_interleavings import play_all
from tests.campaign.auth_rotation import EXPIRIES, PROCESSES, share_tokens
from tests.campaign.figure import Amounts, Figure

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="interleavings",
        wanted="never two live refreshes, nobody lost",
        run=play_all,
        asked=Amounts(seeds=10_000),
        httpx2=True,
    ),
    Figure(
        name="canaries",
        wanted="0 seen in texts, tracebacks, logs and pickles",
        run=look_for_canaries,
        asked=Amounts(seeds=CANARIES, cells=CANARIES * len(EVERY) * 2),
    ),
    Figure(
        name="one-refresh",
        wanted="1 token request for tasks of 8 loops and threads; 2 s wanted",
        run=share_one_refresh,
        asked=Amounts(calls=TASKS + THREADS),
    ),
    Figure(
        name="rotation",
        wanted="0 refresh tokens used twice by 8 processes",
        run=share_tokens,
        asked=Amounts(calls=PROCESSES * EXPIRIES),
    ),
)
