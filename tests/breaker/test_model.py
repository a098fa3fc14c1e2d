"""The circuit beside its model: whatever is done, both do the same."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.breaker.model import walk
from tests.breaker.programs import Programs

SEEDS = 40


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_circuit_does_what_its_model_does(seed: int) -> None:
    """At random, 1,000 steps for each of some policies."""
    assert None is walk(seed, 1_000)


def test_no_program_tells_them_apart() -> None:
    """Hypothesis looks for one."""
    run_state_machine_as_test(Programs, settings=settings(max_examples=100, stateful_step_count=30, deadline=None))
