"""The calls of a simulation in one thread, on the simulating engine."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from restkit.flow import Abandoned, Effect, Flow, Sleep
from restkit.testing.performing import perform
from restkit.testing.simulation import Simulation
from restkit.testing.strand import Strand
from restkit.testing.weather.calls import op
from restkit.testing.weather.play import Play
from restkit.testing.weather.record import Made

if TYPE_CHECKING:
    from restkit.client import Client
    from restkit.mode import Sync


def in_one_thread(client: Client[Sync], play: Play) -> None:
    """Play it in a simulation."""
    stage = Stage(play)
    now = stage.clock.now()
    for moment, seconds in play.steps:
        _ = stage.agenda.at(now + moment, functools.partial(play.set_wall, seconds))
    strands = [stage.enter(made, client) for made in play.calls]
    for strand in strands:
        while not strand.is_over and stage.step():
            pass
    client.close()


def call(made: Made) -> Flow[Any]:
    """A call, when its moment has come."""
    yield from Sleep(made.starts)
    return (yield from op(made))


class Stage(Simulation):
    """A simulation that cancels some of its strands, after so many effects."""

    def __init__(self, play: Play) -> None:
        super().__init__(play.scene.clock, play.scene.wire.carry, seed=play.scene.seed)
        self._play = play
        self._doomed: dict[int, int] = {}

    def enter(self, made: Made, client: Client[Sync]) -> Strand[Any]:
        """Begin a call."""
        strand = self.start(call(made), client=client)
        if made.number in self._play.doomed:
            self._doomed[strand.number] = self._play.doomed[made.number]
        strand.when_over(lambda over: self._over(made, over))
        return strand

    @override
    def perform(self, effect: Effect[Any], strand: Strand[Any]) -> None:
        perform(effect, strand)  # the scene has a trace of its own
        left = self._doomed.get(strand.number)
        if left is not None:
            self._doomed[strand.number] = left - 1
            if left == 1:
                self.agenda.soon(strand.cancel)

    def _over(self, made: Made, strand: Strand[Any]) -> None:
        is_cancelled = isinstance(strand.error, Abandoned)
        self._play.end(made, strand.answer, strand.error, is_cancelled=is_cancelled)
