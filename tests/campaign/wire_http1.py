"""Our HTTP/1.1 parser beside h11, over answers by chance in pieces by chance."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from restkit.wire.http1 import RULES
from tests.campaign.figure import Amounts, Measured
from tests.wire.http1.oracle import campaign

PROCESSES = 2
AT_ONCE = 5_000
"""Seeds of one task."""
WAYS = 4
SHOWN = 20


def compare_parsers(asked: Amounts) -> Measured:
    """For each seed an answer, valid or not, cut in four ways: it is read as h11 reads it, or a row says why not.

    A pair is an answer and where it is cut. Every eighth answer is read once more behind another one on the same
    connection, and nothing of that may be in it.
    """
    tasks = [range(start, min(start + AT_ONCE, asked.seeds)) for start in range(0, asked.seeds, AT_ONCE)]
    wrong: list[str] = []
    rows: Counter[str] = Counter()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for said, broken in pool.map(partial(campaign, ways=WAYS), tasks):
            wrong += said
            rows += broken
    for said in wrong[:SHOWN]:
        _ = sys.stderr.write(f"{said}\n")
    never = [rule.name for rule in RULES if not rows[rule.name]]
    answers = rows.total()
    pairs = answers * WAYS
    value = f"{len(wrong)} differ of {pairs} pairs, {len(RULES) - len(never)} of {len(RULES)} rules broken"
    return Measured(value=value, ok=not wrong and not never, done=Amounts(seeds=answers, calls=pairs))
