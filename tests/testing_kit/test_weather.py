"""A whole client in bad weather: what holds, what does not hold is found, and a seed repeats."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import attrs
import httpx
import pytest

from restkit import Client, ConfigError, RedirectRefused
from restkit.context import Context
from restkit.flow import Flow, Promise, Sleep, Wait
from restkit.flow.original import Original
from restkit.pipeline import Proceed
from restkit.settings import NAMES
from restkit.testing import CALM, Report, Scene, Weather, simulate
from restkit.testing.weather import checks
from restkit.testing.weather.calls import is_whole
from restkit.testing.weather.forecast import MISHAPS, SHARES
from restkit.testing.weather.wire import MOVED

SEEDS = range(20)
ONCE: dict[str, Any] = {"retry": False} if "retry" in NAMES else {}
"""What the layers of these tests do wrong, nothing else hides."""
ENGINES = ("simulation", "asyncio", "trio")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Any:
    """Each engine in turn."""
    return request.param


class Stubborn:
    """A layer that is wrong: it sends whatever failed again."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Try three times."""
        original = Original(request)
        for _ in range(2):
            try:
                response = yield from proceed(request)
            except httpx.TransportError:
                yield from Sleep(0.1)
            else:
                if response.status_code < 500:
                    return response
            request = original.copy()
        return (yield from proceed(request))


class Liar:
    """A layer that is wrong: what failed it reports as done."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Answer whatever happens."""
        try:
            return (yield from proceed(request))
        except httpx.TransportError:
            return httpx.Response(200, json={"call": 0, "check": 1}, request=request)


class Leak:
    """A layer that is wrong: its slots are lost with calls that are cancelled."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Take a slot."""
        self.taken += 1
        try:
            response = yield from proceed(request)
        except Exception:
            self.taken -= 1
            raise
        self.taken -= 1
        return response


def dozing(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """A layer that waits for what never comes."""
    if request.method == "DELETE":
        yield from Wait(Promise[None]())
    return (yield from proceed(request))


def with_layer(layer: Any, **settings: Any) -> Callable[[Scene], Client[Any]]:
    """How a client with a layer is made."""
    return lambda scene: scene.client(Client, attempt_layers=[layer], **ONCE, **settings)


def said(reports: list[Report]) -> str:
    """Everything that was broken."""
    return "\n".join(each.what for report in reports for each in report.broken)


def test_a_client_keeps_its_promises(engine: Any) -> None:
    """Whatever the weather, in each world."""
    reports = [simulate(Client, seed, engine=engine) for seed in SEEDS]

    assert "" == said(reports)
    assert 0 < sum(report.cancelled for report in reports)


def test_calm_weather(engine: Any) -> None:
    """Nothing fails but what is not there any more, and nobody is cancelled."""
    report = simulate(Client, 1, weather=CALM, engine=engine)

    assert {"NotFound"} >= {type(each.error).__name__ for each in report.calls if each.error}
    assert (100, 0) == (len(report.sends), report.cancelled)
    assert {"fine", "is done", "raises NotFound"} >= {event.what for event in report.trace}


@pytest.mark.parametrize("repeated", ["simulation", "asyncio"])
def test_a_seed_repeats(repeated: Any) -> None:
    """The same seed gives the same trace, another one gives another."""
    first, again, other = (simulate(Client, seed, engine=repeated).trace for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_writes_that_are_doubled_are_found(engine: Any) -> None:
    """A client that repeats what may have been done is found out, and its report shows the call and the seed."""
    report = next(
        found for seed in itertools.count() if not (found := simulate(with_layer(Stubborn()), seed, engine=engine)).ok
    )
    text = str(report)

    assert "was applied more than once" in report.broken[0].what
    assert f"seed {report.seed} on {engine}" in text
    assert {report.broken[0].call} == {event.call for event in report.about(report.broken[0].call)}
    with pytest.raises(AssertionError, match="applied more than once"):
        report.check()


def test_writes_that_are_lost_are_found() -> None:
    """A client that reports as done what was not is found out, and so is one that makes answers up."""
    reports = [simulate(with_layer(Liar()), seed) for seed in SEEDS]

    assert "said done, and was not" in said(reports)
    assert "answered {'call': 0, 'check': 1}" in said(reports)


def test_slots_that_are_lost_are_found() -> None:
    """A gauge that shows something else in the end tells of a leak."""
    reports = [simulate(leaking, seed, checks=[checks.kept("taken")]) for seed in SEEDS]

    assert "taken shows" in said(reports)


def test_slots_that_are_given_back() -> None:
    """A gauge that shows the same in the end tells of nothing."""

    def counted(scene: Scene) -> Client[Any]:
        """A client whose sends are counted, and forgotten."""
        scene.gauge("taken", lambda: 0)
        return scene.client(Client)

    simulate(counted, 1, checks=[checks.kept("taken")]).check()


def leaking(scene: Scene) -> Client[Any]:
    """A client that leaks, with a gauge at its leak."""
    leak = Leak()
    scene.gauge("taken", lambda: leak.taken)
    return scene.client(Client, attempt_layers=[leak])


def test_calls_that_never_end_are_found() -> None:
    """One that waits without a deadline is named, and its answers are not left open."""
    report = simulate(with_layer(dozing, deadline=None), 1)

    assert {each.number for each in report.calls if each.method == "DELETE" and not each.is_cancelled} == {
        each.call for each in report.broken
    }
    assert "never ended" in str(report)


def test_other_exceptions_are_found() -> None:
    """What is none of restkit's is none that a caller expects."""

    def failing(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Fail now and then."""
        _ = yield from proceed(request)
        raise ZeroDivisionError

    assert "raised ZeroDivisionError()" in said([simulate(with_layer(failing), 1)])


def test_answers_that_are_left_open_are_found() -> None:
    """A layer that asks twice, and forgets one answer."""

    def twice(request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Ask, and ask again."""
        original = Original(request)
        context = Context.of(request)
        context.streamed = True
        _ = yield from proceed(request)
        context.streamed = False
        return (yield from proceed(original.copy()))

    assert "answers were left open" in said([simulate(with_layer(twice), 1, weather=CALM)])


def test_calls_that_are_late_are_found() -> None:
    """A deadline that nobody keeps."""
    report = simulate(Client, 1)
    late = attrs.evolve(report, deadline=1.0)

    assert [] == list(checks.in_time(report))
    assert list(checks.in_time(late))


def test_the_rate_is_looked_at() -> None:
    """By the moments at which requests came to the wire."""
    report = simulate(Client, 1, weather=CALM, calls=50)

    assert [] == list(checks.rate(1_000, burst=50)(report))
    (broken,) = checks.rate(0.1)(report)
    assert "above the rate" in broken.what


def test_sends_are_counted() -> None:
    """Of each call, of all together, and at once."""
    report = simulate(with_layer(Stubborn()), 3, weather=Weather(refused=0.5, outages=0))
    calm = simulate(Client, 3, weather=CALM)

    assert [] == list(checks.sends_per_call(3)(report))
    assert list(checks.sends_per_call(2)(report))
    assert [] == list(checks.sends_in_all(300)(report))
    assert list(checks.sends_in_all(10)(report))
    assert [] == list(checks.in_flight(100)(calm))
    assert list(checks.in_flight(1)(simulate(Client, 3, seconds=1.0)))


def test_requests_in_flight_while_a_gauge_shows_something() -> None:
    """Those that were sent before do not count."""
    report = simulate(half_open, 1, seconds=5.0, weather=CALM)

    assert [] == list(checks.in_flight(3, while_="breaker", shows="half open")(report))
    assert list(checks.in_flight(1, while_="breaker", shows="closed")(report))


def half_open(scene: Scene) -> Client[Any]:
    """A client whose breaker is half open now and then."""
    turns = itertools.count()
    scene.gauge("breaker", lambda: "closed" if next(turns) % 3 else "half open")
    return scene.client(Client)


def test_a_call_without_a_deadline_is_never_late() -> None:
    """Nor is one that has not ended looked at."""
    report = simulate(lambda scene: scene.client(Client, deadline=None), 1)

    assert report.ok
    assert report.deadline is None


@pytest.mark.parametrize(("value", "whole"), [(None, False), ("{}", False), ([], True), ([{"call": 1}], False)])
def test_what_is_whole(value: Any, whole: bool) -> None:  # noqa: FBT001 - a case
    """An item that a call has written, or a list of them."""
    assert whole == is_whole(value)


def test_shares_that_are_none() -> None:
    """Are refused, alone and together."""
    with pytest.raises(ConfigError, match="slow is 2"):
        _ = Weather(slow=2)
    with pytest.raises(ConfigError, match="more than 1 together"):
        _ = Weather(slow=0.6, refused=0.6)


def test_every_mishap_has_its_share() -> None:
    """And what is left is fine."""
    assert len(SHARES) == len(MISHAPS) - 1


@pytest.mark.parametrize("name", SHARES)
def test_weather_of_one_kind(name: str) -> None:
    """Each mishap comes to its end, told by the transport or not."""
    for tells in (True, False):
        weather = attrs.evolve(CALM, **{name: 1.0}, tells=tells)
        simulate(Client, 5, calls=20, weather=weather).check()


def test_calls_that_are_sent_elsewhere(engine: Any) -> None:
    """They are followed, by 303 as well, and to another origin; what has a body does not go there."""
    reports = [simulate(following, seed, engine=engine, weather=Weather(redirected=0.3)) for seed in range(3)]
    paths = [sent.path for report in reports for sent in report.sends]
    errors = [made.error for report in reports for made in report.calls]

    assert "" == said(reports)
    assert all(any(path.startswith(way) for path in paths) for way in MOVED)
    assert any(isinstance(error, RedirectRefused) for error in errors)


def following(scene: Scene) -> Client[Any]:
    """A client that follows redirects."""
    return scene.client(Client, redirects=True)


def test_the_wire_as_a_transport() -> None:
    """It can be blocked upon, outside of any simulation."""
    scene = Scene(1, CALM, "simulation")
    with scene.client(Client) as client:
        assert [] == client.get("/items").data


def test_a_report_without_a_fault() -> None:
    """Says so."""
    report = simulate(Client, 1, calls=3, weather=CALM)

    report.check()
    assert "seed 1 on simulation: 3 calls, 3 sends, no promise broken" == str(report)
    assert 3 == report.succeeded
    assert report.trace == report.about(0)
    assert "    24.553 s  call   2  fine" == str(report.trace[0])
