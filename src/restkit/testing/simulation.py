"""The third engine: many flows in one thread, without a loop, in virtual time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import httpx
from typing_extensions import TypeVar, override

from restkit.errors import ClientClosed, ConfigError
from restkit.flow import Abandoned, Background, Clock, Effect, Emit, Emitting, Flow, World, next_item
from restkit.flow.blocking import Closes, close_all
from restkit.testing.agenda import Agenda
from restkit.testing.clock import VirtualClock
from restkit.testing.performing import perform
from restkit.testing.strand import Step, Strand
from restkit.testing.threads import Deadlock

if TYPE_CHECKING:
    from restkit.client import Client
    from restkit.mode import Sync

T = TypeVar("T")
Wire = Callable[[httpx.Request], "httpx.Response | Flow[httpx.Response]"]


class Simulation:
    """Runs flows and a blocking client's calls side by side: 2,000 of them in a tenth of a second.

    Parameters: `clock`, also that of the client; `wire`, what answers: a function of the request, which may be a flow
    that sleeps and fails as a network does, or a transport; without one it is the client's own. `seed` shuffles what
    happens at the same moment: the same seed gives the same trace.

        simulation = Simulation(VirtualClock(), wire)
        client = Acme(clock=simulation.clock)
        users = simulation.run_all(*(client.users.get.op(id) for id in range(2_000)), client=client)
    """

    def __init__(
        self,
        clock: VirtualClock | None = None,
        wire: Wire | httpx.BaseTransport | None = None,
        *,
        seed: int | None = None,
        background: Background | None = None,
    ) -> None:
        self.clock: VirtualClock = VirtualClock() if clock is None else clock
        self.agenda: Agenda = Agenda(self.clock, seed)
        self.trace: list[Step] = []
        """What was asked for, when, and by which strand."""
        self._wire: Wire | None = wire.handle_request if isinstance(wire, httpx.BaseTransport) else wire
        self._world = World(None, self.clock, background=background)
        self._strands: dict[int, Strand[Any]] = {}
        self._count = 0

    def start(self, what: Flow[T] | Effect[T], *, client: Client[Sync] | None = None) -> Strand[T]:
        """Begin a flow, or a described call of that client; it goes on with `step`, `advance` or any run."""
        world = self._world if client is None else self._world_of(client)
        flow = iter(what) if isinstance(what, Effect) else what
        return self.begin(flow if client is None else admitted(flow, client), world)

    def run(self, what: Flow[T] | Effect[T], *, client: Client[Sync] | None = None) -> T:
        """Begin a flow or a call, and go on until it is over. Raises what it raised."""
        return self.finish(self.start(what, client=client))

    def run_all(self, *several: Flow[T] | Effect[T], client: Client[Sync] | None = None) -> list[T | BaseException]:
        """Begin all of them at once, and go on until they are over. Answers what each returned, or what it raised."""
        strands = [self.start(what, client=client) for what in several]
        for strand in strands:
            self._drive(strand)
        return [strand.error or strand.result() for strand in strands]

    def iterate(self, flow: Emitting[T], *, client: Client[Sync] | None = None) -> Iterator[T]:
        """Run a flow that emits, an item at a time, as far as the items are asked for."""
        world = self._world if client is None else self._world_of(client)
        opened: list[Closes] = []
        try:
            while True:
                strand: Strand[Emit[T] | None] = self.begin(next_item(flow), world, opened)
                emitted = self.finish(strand)
                if emitted is None:
                    return
                yield emitted.item
        except GeneratorExit:
            flow.close()
            close_all(opened)
            raise

    def step(self) -> bool:
        """Do the next thing that is to be done; False if there is none."""
        return self.agenda.step()

    def advance(self, seconds: float) -> None:
        """Do everything that is to be done within so many seconds, and let them pass."""
        moment = self.clock.now() + seconds
        while self.agenda.moment <= moment:
            _ = self.step()
        self.clock.sleep_until(moment)

    def finish(self, strand: Strand[T]) -> T:
        """Go on until this strand is over, and answer its result. Raises what it raised, or Deadlock."""
        self._drive(strand)
        return strand.result()

    def close(self) -> None:
        """End the work in the background; a client ends its own."""
        self._world.background.close(World(None, Driving(self)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _world_of(self, client: Client[Sync]) -> World:
        if client.awaits:
            raise ConfigError("client", "awaits", "a simulation runs blocking clients")
        if client.settings.clock is not self.clock:
            raise ConfigError("client.settings.clock", "is another clock", "make it with clock=simulation.clock")
        return client.world

    def _drive(self, strand: Strand[Any]) -> None:
        while not strand.is_over:
            if not self.step():
                waiting = ", ".join(map(repr, self._strands.values()))
                raise Deadlock(f"nothing is left to happen, and these still wait: {waiting}")

    def begin(self, flow: Flow[T], world: World, opened: list[Closes] | None = None) -> Strand[T]:
        """Begin a strand in that world: what `start` and the effects of other strands do."""
        self._count += 1
        strand = Strand(self._count, flow, world, self, opened)
        self._strands[strand.number] = strand
        strand.when_over(self._forget)
        return strand

    def _forget(self, strand: Strand[Any]) -> None:
        del self._strands[strand.number]

    def perform(self, effect: Effect[Any], strand: Strand[Any]) -> None:
        """Perform what a strand asks for, and note it in the trace."""
        self.trace.append(Step(self.clock.now(), strand.number, type(effect).__name__))
        perform(effect, strand)

    def carry(self, request: httpx.Request, world: World) -> httpx.Response | Flow[httpx.Response]:
        """Put a request on the wire."""
        return (self._wire or world.send)(request)


class Driving(Clock):
    """The clock of whoever waits outside a simulation for something inside: it goes on meanwhile."""

    __slots__ = ("_simulation",)

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    @override
    def block(self, gate: threading.Lock, timeout: float | None) -> bool:
        while gate.locked() and self._simulation.step():
            pass
        return gate.acquire(blocking=False)


def admitted(flow: Flow[T], client: Client[Any]) -> Flow[T]:
    """A flow of a client: ClientClosed before or during it, as with any other engine."""
    if client.is_closed:
        flow.close()
        raise ClientClosed(f"this {type(client).__name__} is closed; make another one")
    try:
        return (yield from flow)
    except Abandoned:
        if not client.is_closed:
            raise
        raise ClientClosed(f"this {type(client).__name__} was closed while the call was under way") from None
