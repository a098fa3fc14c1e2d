"""Several steps that must be over together."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from restkit import Client, DeadlineExceeded, Flow, InputError, M, Op, Plan, Race, Send, Sleep, Within, operation
from restkit.resources import Resources
from restkit.testing import Simulation, VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback

STEP = Op[Any]("GET", "x", returns=lambda response: response.status_code)


class Timed:
    """A client in virtual time, whose every request takes so many seconds."""

    def __init__(self, world: World, seconds: float = 1.0, **settings: Any) -> None:
        self.clock, self.sent, self.seconds = VirtualClock(), list[httpx.Request](), seconds
        self.world = world
        self.client = world.mocked(self.answer, clock=self.clock, **settings)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Take that long."""
        self.sent.append(request)
        self.clock.sleep(self.seconds)
        return httpx.Response(200)

    def execute(self, what: Any, **options: Any) -> Any:
        """Perform it."""
        return self.world(self.client.execute(what, **options))


@pytest.fixture
def timed(world: World) -> Timed:
    """A second for each request."""
    return Timed(world)


def several(count: int = 3, step: Any = STEP) -> Flow[list[int]]:
    """So many calls."""
    answers: list[int] = []
    for _ in range(count):
        answers += [(yield from step)]
    return answers


def test_several_steps_in_time(timed: Timed) -> None:
    """Are as ever."""
    assert [200, 200, 200] == timed.execute(several(), total=10)


def test_several_steps_that_take_too_long(timed: Timed) -> None:
    """The step that is under way is the last, and nothing is sent after the moment."""
    with pytest.raises(DeadlineExceeded):
        timed.execute(several(10), total=2.5)

    assert 3 == len(timed.sent)


def test_a_step_under_way_knows_the_moment(timed: Timed) -> None:
    """As its own deadline, if that is later."""
    moments: list[float] = []

    def noted(_: httpx.Response) -> None:
        moments.append(timed.sent[-1].extensions["restkit"].deadline)

    timed.execute(several(2, Op[Any]("GET", "x", returns=noted)), total=10)
    timed.execute(several(2, Op[Any]("GET", "x", returns=noted)), total=100)

    assert [1010.0, 1010.0, 1062.0, 1063.0] == moments


def test_a_step_that_has_no_deadline_of_its_own(world: World) -> None:
    """Has that of the whole."""
    timed = Timed(world, 20.0, deadline=None)

    with pytest.raises(DeadlineExceeded, match="within 10 s altogether") as caught:
        timed.execute(STEP, total=10)

    assert ("GET", "https://api.test/x", 1) == (caught.value.method, caught.value.url, len(caught.value.attempts))


def test_a_deadline_that_has_passed(timed: Timed) -> None:
    """Not a byte of a further step is sent, whoever insists."""

    def stubborn() -> Flow[None]:
        _ = yield from STEP
        for _ in range(2):
            with pytest.raises(DeadlineExceeded, match=r"not over within 0\.5 s altogether"):
                _ = yield from STEP

    with pytest.raises(DeadlineExceeded):
        timed.execute(stubborn(), total=0.5)

    assert 1 == len(timed.sent)


def test_nobody_sleeps_into_it(timed: Timed) -> None:
    """That a sleep would outlast the moment is clear before it begins."""

    def sleeps() -> Flow[None]:
        _ = yield from STEP
        yield from Sleep(60.0)

    with pytest.raises(DeadlineExceeded, match="not over within 10 s altogether"):
        timed.execute(Plan("sleeps", sleeps), total=10)

    assert 1_001.0 == timed.clock.now()


def test_steps_within_steps(timed: Timed) -> None:
    """Plans, races and effects on their own, at any depth."""

    def inner() -> Flow[None]:
        _ = yield from Race(iter(STEP))
        yield from Sleep(60.0)

    def outer() -> Flow[None]:
        yield from Plan("inner", inner)

    with pytest.raises(DeadlineExceeded, match="10 s altogether"):
        timed.execute(Plan("outer", outer), total=10)


def test_an_effect_on_its_own(timed: Timed) -> None:
    """Is a flow of one step."""
    with pytest.raises(DeadlineExceeded):
        timed.execute(Sleep(60.0), total=10)


@pytest.mark.parametrize(
    ("outer", "inner", "said"),
    [pytest.param(10, 5, "5 s", id="inner-first"), pytest.param(5, 10, "5 s", id="outer-first")],
)
def test_the_nearer_moment_holds(timed: Timed, outer: float, inner: float, said: str) -> None:
    """Of steps within others that each have one."""

    def steps() -> Flow[None]:
        yield from Sleep(4.0)
        yield from Sleep(4.0)

    def whole() -> Flow[None]:
        yield from Within(inner, Plan("steps", steps))

    with pytest.raises(DeadlineExceeded, match=f"within {said} altogether"):
        timed.execute(whole(), total=outer)
    with pytest.raises(DeadlineExceeded, match=f"within {said} altogether"):
        timed.execute(Within(inner, Plan("steps", steps)), total=outer)


def test_a_moment_within_a_nearer_one_is_kept(timed: Timed) -> None:
    """By the steps that are described within it, too."""

    def steps() -> Flow[None]:
        yield from Within(5, Plan("inner", lambda: several(10)))  # type: ignore[arg-type, misc]

    with pytest.raises(DeadlineExceeded):
        timed.execute(Within(50, Plan("outer", steps)), total=100)

    assert 5 == len(timed.sent)


@pytest.mark.parametrize("own", [None, float("inf")])
def test_a_request_of_ones_own(world: World, server: Loopback, own: float | None) -> None:
    """A bare Send is cut as well; there is no call to name, so it is httpx's error."""
    client = world.client()
    send = Send(httpx.Request("GET", f"{server.url}/slow"), own, whole=True)

    with pytest.raises(httpx.ReadTimeout):
        world(client.execute(send, total=0.1))


@pytest.mark.parametrize("total", [0, -1, float("nan"), float("inf"), True, "5"])
def test_what_is_no_time(timed: Timed, total: Any) -> None:
    """Is refused, and nothing is sent."""
    with pytest.raises(InputError, match=r"^total is"):
        timed.execute(STEP, total=total)

    assert [] == timed.sent


def test_options_beside_it_are_those_of_each_call(world: World, server: Loopback) -> None:
    """Each has its own deadline still."""
    client = world.client(base_url=server.url)

    with pytest.raises(DeadlineExceeded, match=r"its deadline of 0\.1 s"):
        world(client.execute(several(2, Op[Any]("GET", "slow", returns=None)), total=100, deadline=0.1))


def test_a_plain_verb_within_it(timed: Timed) -> None:
    """It answers its Response."""
    assert 200 == timed.execute(timed.client.get.op("/x"), total=5).status_code


class Jobs(Resources[M]):
    """A resource with an operation of several steps."""

    @operation
    def wait(self) -> Flow[None]:
        """Wait for a job, half a minute at most."""
        yield from Within(30, self._polled())

    def _polled(self) -> Flow[None]:
        while (yield from STEP) == 200:
            yield from Sleep(5.0)


class Acme(Client[M]):
    """A client with jobs."""

    jobs: Jobs[M]


def test_an_operation_that_says_so_itself(world: World) -> None:
    """By `Within`."""
    clock = VirtualClock()
    client = world.mocked(lambda _: httpx.Response(200), Acme, clock=clock)

    with pytest.raises(DeadlineExceeded, match="30 s altogether"):
        world(client.jobs.wait())

    assert 1_025.0 == clock.now()


def test_in_a_simulation() -> None:
    """The third engine does as the others."""
    simulation = Simulation(VirtualClock(), slow)
    client = Client(base_url="https://api.test", clock=simulation.clock)

    with client, pytest.raises(DeadlineExceeded):
        simulation.run(Within(2.5, Plan("several", several)), client=client)

    assert 1_002.5 == simulation.clock.now()


def slow(_: httpx.Request) -> Flow[httpx.Response]:
    """Take a second."""
    yield from Sleep(1.0)
    return httpx.Response(200)


def test_on_a_socket(world: World, server: Loopback) -> None:
    """What is under way is cut, and the next call is well."""
    client = world.client(base_url=server.url)

    with pytest.raises(DeadlineExceeded, match="the steps that it is one of"):
        world(client.execute(several(2, Op[Any]("GET", "slow", returns=None)), total=0.1))

    assert 200 == world(client.get("/echo")).status_code
