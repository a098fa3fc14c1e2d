"""Every place of the stack, called off at every effect, in every world."""

from __future__ import annotations

import pytest

from restkit.flow import Flow, Sleep
from restkit.testing import AskedOnTheWayOut
from tests.flow.cancelling import PLACES, WORLDS, Strike, cancel_everywhere, struck
from tests.flow.engines import Engine


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_left(place: str, world: str) -> None:
    """Wherever a call is called off, what it opened is closed, nothing is asked for, and the next call is healthy."""
    assert cancel_everywhere(place, world) >= 1


@pytest.mark.parametrize("world", ["blocking", "simulation"])
def test_a_flow_that_asks_on_the_way_out_is_found(world: str) -> None:
    """A flow that sleeps in its `finally` is told off."""

    def sleeps_on() -> Flow[None]:
        try:
            yield from Sleep(1.0)
        finally:
            yield from Sleep(2.0)

    with pytest.raises((AskedOnTheWayOut, RuntimeError)):
        Engine(world).perform(struck(sleeps_on(), 0, Strike(KeyboardInterrupt)))
