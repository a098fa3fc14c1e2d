"""The simulation: many flows, one thread, no loop."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from typing_extensions import Unpack

from restkit import AsyncClient, Client, ClientClosed, ConfigError, Op
from restkit.flow import (
    Abandoned,
    Ask,
    Emit,
    Emitting,
    Flow,
    Open,
    Promise,
    Race,
    Send,
    Sleep,
    Spawn,
    Wait,
)
from restkit.settings import Keywords
from restkit.testing import AskedOnTheWayOut, Deadlock, ScriptedTransport, Simulation, VirtualClock, answer
from tests.flow.test_ask import Door

URL = "http://api.test/"


def network(request: httpx.Request) -> Flow[httpx.Response]:
    """A network on which each answer takes as many seconds as its path says, and /0 is cut."""
    seconds = float(request.url.path[1:] or 1)
    yield from Sleep(seconds)
    if not seconds:
        raise httpx.ReadError("cut")
    return httpx.Response(200, json={"took": seconds})


def sdk(simulation: Simulation, **settings: Unpack[Keywords]) -> Client:
    """A blocking client in the simulation's time."""
    return Client(base_url=URL, clock=simulation.clock, **settings)


def test_many_calls_at_once() -> None:
    """A client's calls go side by side: together they take as long as the slowest."""
    simulation = Simulation(VirtualClock(), network)

    client = sdk(simulation, bulkhead=None)

    answers = simulation.run_all(*(Op("GET", f"/{n % 9 + 1}") for n in range(300)), client=client)

    assert ([{"took": n % 9 + 1.0} for n in range(300)], 1_009.0) == (answers, simulation.clock.now())


def test_a_call_that_fails() -> None:
    """What a call raises is answered by `run_all` and raised by `run`, in restkit's own errors."""
    simulation = Simulation(wire=network)
    client = sdk(simulation)

    (error,) = simulation.run_all(Op("GET", "/0"), client=client)

    assert "ReadError" == type(error).__name__
    with pytest.raises(type(error)):
        simulation.run(Op("GET", "/0"), client=client)


def test_a_clients_own_transport() -> None:
    """Without a wire the client's transport answers."""
    simulation = Simulation()
    client = sdk(simulation, transport=ScriptedTransport([answer(json=7)]))

    assert 7 == simulation.run(Op("GET", "/"), client=client)


def test_a_transport_as_the_wire() -> None:
    """The wire may be any blocking transport, or a plain function."""
    for wire in (ScriptedTransport([answer(json=7)]), lambda _: httpx.Response(200, json=7)):
        simulation = Simulation(wire=wire)
        assert 7 == simulation.run(Op("GET", "/"), client=sdk(simulation))


def test_a_deadline_in_virtual_time() -> None:
    """A call whose deadline passes is cut then."""
    simulation = Simulation(wire=network)

    (error,) = simulation.run_all(Op("GET", "/9"), client=sdk(simulation, deadline=5.0))

    assert ("DeadlineExceeded", 1_005.0) == (type(error).__name__, simulation.clock.now())


def test_a_closed_client() -> None:
    """A client that is closed during a call abandons it, and refuses the next."""
    simulation = Simulation(wire=network)
    client = sdk(simulation)
    strand = simulation.start(Op("GET", "/9"), client=client)
    simulation.advance(1.0)
    client.close()

    with pytest.raises(ClientClosed, match="under way"):
        _ = simulation.finish(strand)
    with pytest.raises(ClientClosed, match="make another"):
        simulation.run(Op("GET", "/9"), client=client)


def test_a_cancelled_call() -> None:
    """A call is called off by hand, and is no closed client."""
    simulation = Simulation(wire=network)
    strand = simulation.start(Op("GET", "/9"), client=sdk(simulation))
    simulation.advance(1.0)
    strand.cancel()
    strand.cancel()

    with pytest.raises(Abandoned):
        strand.result()


def test_clients_that_do_not_fit() -> None:
    """An awaiting client, or one that lives in another time, is refused."""
    simulation = Simulation()
    with pytest.raises(ConfigError, match="awaits"):
        simulation.run(Op("GET", "/"), client=AsyncClient(base_url=URL))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="another clock"):
        simulation.run(Op("GET", "/"), client=Client(base_url=URL))


def test_the_same_seed_gives_the_same_trace() -> None:
    """A seed shuffles what happens at one moment, each time in the same way."""

    def traced(seed: int | None) -> list[Any]:
        simulation = Simulation(wire=network, seed=seed)
        _ = simulation.run_all(*(Op("GET", f"/{n % 3}") for n in range(20)), client=sdk(simulation, retry=False))
        return simulation.trace

    assert traced(1) == traced(1)
    assert traced(1) != traced(2)
    assert traced(None) == traced(None)


def test_step_by_step() -> None:
    """A simulation goes on step by step, or for some seconds, and its strands are asked how they stand."""
    simulation = Simulation()

    def rests() -> Flow[str]:
        yield from Sleep(5.0)
        return "rested"

    strand = simulation.start(rests())
    with pytest.raises(AssertionError, match="still under way"):
        strand.result()
    simulation.advance(4.0)
    assert (1_004.0, "<Strand 1, at Sleep(5.0)>") == (simulation.clock.now(), repr(strand))
    simulation.advance(4.0)

    assert ("rested", "<Strand 1, over>", 1_008.0) == (strand.result(), repr(strand), simulation.clock.now())
    assert not simulation.step()


def test_a_deadlock_is_an_error() -> None:
    """Where everybody waits for ever, the error names them."""
    simulation = Simulation()

    def waits() -> Flow[None]:
        yield from Wait(Promise[None]())

    with pytest.raises(Deadlock, match="Strand 1, at Wait"):
        simulation.run(waits())


def test_asking_on_the_way_out() -> None:
    """A flow that asks for something when it is called off is told off."""
    simulation, log = Simulation(), list[str]()

    def asks() -> Flow[None]:
        try:
            yield from Open(Door(log))
            yield from Sleep(1.0)
        except Abandoned:
            yield from Sleep(2.0)

    strand = simulation.start(asks())
    simulation.advance(0.5)
    with pytest.raises(AskedOnTheWayOut):
        strand.cancel()

    assert ["open door", "close door"] == log


def test_a_flow_that_cancels_itself() -> None:
    """A strand that is cancelled from within ends, and what it was just opening is closed."""
    simulation, log = Simulation(), list[str]()

    class Hasty(Door):
        """Acts just before it is due."""

        def open(self) -> None:
            """Open."""
            super().open()
            strand.cancel()

    def from_an_effect() -> Flow[None]:
        yield from Open(Hasty(log))

    def from_a_function() -> Flow[None]:
        yield from Ask.of(lambda: strand.cancel())  # noqa: PLW0108 - there is no strand yet

    def from_the_flow() -> Flow[None]:
        strand.cancel()
        yield from Sleep(1.0)

    for flow in (from_an_effect, from_a_function, from_the_flow):
        strand = simulation.start(flow())
        with pytest.raises(Abandoned):
            simulation.finish(strand)

    assert ["open door", "close door"] == log


def test_a_value_that_came_to_a_cancelled_waiter() -> None:
    """A waiter that is called off just after its value came learns that it has to pass it on."""
    simulation, promise = Simulation(), Promise[int]()
    owes: list[bool] = []

    def waits() -> Flow[int]:
        try:
            return (yield from Wait(promise))
        except BaseException:
            owes.append(not promise.abandon())
            raise

    strand = simulation.start(waits())
    while simulation.step():
        pass
    assert promise.keep(7)
    strand.cancel()
    while simulation.step():
        pass

    assert [True] == owes


def test_a_response_that_came_to_a_cancelled_flow() -> None:
    """A response that came before the flow could hear of it is closed."""
    transport = ScriptedTransport([answer(text="a")])
    simulation = Simulation(wire=transport)

    def sends() -> Flow[httpx.Response]:
        return (yield from Race(Send(httpx.Request("GET", URL)).__iter__()))

    strand = simulation.start(sends())
    while not transport.responses:
        _ = simulation.step()
    strand.cancel()

    transport.assert_all_over()


def test_a_described_call_that_answers_when_called_off() -> None:
    """What a flow answers although it was called off is closed, and the flows below are called off as well."""
    transport = ScriptedTransport([answer(text="a")])
    simulation = Simulation(wire=transport)

    def stubborn(request: httpx.Request) -> Flow[httpx.Response]:
        try:
            yield from Sleep(9.0)
        except BaseException:  # noqa: BLE001
            return transport.handle_request(request)
        raise AssertionError

    simulation = Simulation(wire=stubborn)
    strand = simulation.start(Send(httpx.Request("GET", URL)))
    simulation.advance(1.0)
    strand.cancel()

    transport.assert_all_over()


def test_background_work_ends_with_the_simulation() -> None:
    """Leaving a simulation ends what was spawned in it, without time passing."""
    log: list[str] = []

    def works() -> Flow[None]:
        try:
            yield from Sleep(60.0)
        finally:
            log.append("ended")

    def spawns() -> Flow[bool]:
        return (yield from Spawn(works()))

    with Simulation() as simulation:
        assert simulation.run(spawns())
        simulation.advance(1.0)

    assert (["ended"], 1_001.0) == (log, simulation.clock.now())


def test_an_iteration_of_a_client() -> None:
    """A flow that emits is iterated over, with a client's calls in it."""
    simulation = Simulation(wire=network)

    def emits() -> Emitting[float]:
        for seconds in (1, 2, 3):
            found = yield from Op("GET", f"/{seconds}")
            yield from Emit(found["took"])

    items = simulation.iterate(emits(), client=sdk(simulation))

    assert ([1.0, 2.0, 3.0], 1_006.0) == (list(items), simulation.clock.now())
