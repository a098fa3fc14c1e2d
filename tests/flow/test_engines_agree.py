"""The same random programs on every engine."""

from __future__ import annotations

import pytest

from tests.flow.programs import ENGINES, disagreement, perform


@pytest.mark.parametrize("seed", range(60))
def test_engines_agree(seed: int) -> None:
    """The same flow does the same at the same moments, whoever runs it."""
    assert "" == disagreement(seed)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_can_be_repeated(engine: str) -> None:
    """The same seed gives the same trace."""
    assert perform(85, engine) == perform(85, engine)
