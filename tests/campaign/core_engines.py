"""Random programs on every engine, and calls that are called off wherever they stand."""

from __future__ import annotations

import logging
import random
import sys
from itertools import product

from tests.campaign.figure import Amounts, Measured
from tests.flow.cancelling import PLACES, WORLDS, cancel_everywhere
from tests.flow.programs import ENGINES, disagreement


def compare_engines(asked: Amounts) -> Measured:
    """Run each seed's program on every engine, and count those that differ."""
    logging.getLogger("restkit").disabled = True  # background work that fails is part of the programs
    differing = {seed: said for seed in range(asked.seeds) if (said := disagreement(seed))}
    for seed, said in differing.items():
        _ = sys.stderr.write(f"seed {seed}: {said}\n")
    return Measured(
        value=f"{len(differing)} differ",
        ok=not differing,
        done=Amounts(seeds=asked.seeds, calls=asked.seeds * len(ENGINES)),
    )


def cancel_at_every_effect(asked: Amounts) -> Measured:
    """Call calls off at every effect of each place, in each world."""
    cells = list(product(PLACES, WORLDS))
    random.Random(0).shuffle(cells)  # noqa: S311 - so that a quarter of them is a fair one
    cells = cells[: asked.cells]
    effects, failed = 0, list[str]()
    for place, world in cells:
        try:
            effects += cancel_everywhere(place, world)
        except AssertionError as error:
            failed.append(f"{place}, {world}: {error}")
    for said in failed:
        _ = sys.stderr.write(f"{said}\n")
    value = f"{len(failed)} of {len(cells)}, called off at {effects} effects"
    return Measured(value=value, ok=not failed and effects >= len(cells), done=Amounts(cells=len(cells)))
