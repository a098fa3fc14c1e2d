"""Rate limits: exact, in order, and shared by strands, threads and tasks."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Hashable
from typing import Any

import anyio
import httpx
import pytest

from restkit import (
    GCRA,
    Clock,
    ConfigError,
    FixedWindow,
    Flow,
    InputError,
    QueueFull,
    RateLimiter,
    RateLimitTimeout,
    Sleep,
    SlidingWindow,
    TokenBucket,
    World,
)
from restkit.admission.limiter import named
from restkit.admission.line import FEW, Ticket
from restkit.admission.lines import KEPT, Lines
from restkit.flow import run
from restkit.flow.awaiting import arun
from restkit.flow.forks import forks
from restkit.policies.bucket import Limits
from restkit.testing import Simulation, Stepper, VirtualClock, run_asyncio, run_trio
from tests.admission.worlds import cancel_most, in_threads

X = ("x", "")
"""A place."""
REQUEST = httpx.Request("GET", "https://api.test/users/7")


class World7:
    """A limiter in a simulation, and the moments at which it let somebody through."""

    def __init__(self, limits: Limits, seed: int | None = None, **told: Any) -> None:
        self.simulation = Simulation(seed=seed)
        self.clock = self.simulation.clock
        self.limiter = RateLimiter(limits, clock=self.clock, **told)
        self.passed: list[tuple[float, int]] = []
        self.arrived: list[int] = []

    def one(self, number: int = 0, until: float | None = None, cost: float = 1.0) -> Flow[None]:
        """Pass, and note when."""
        self.arrived.append(number)
        yield from self.limiter.acquire(until=until, cost=cost)
        self.passed.append((self.clock.now() - 1_000.0, number))

    def all(self, count: int, **asked: Any) -> list[BaseException | None]:
        """So many at once."""
        return self.simulation.run_all(*(self.one(number, **asked) for number in range(count)))


def test_the_rate_is_kept_and_the_order_too() -> None:
    """The front is the timer."""
    here = World7(TokenBucket(10, burst=2))

    here.all(6)

    assert [(0, 0), (0, 1), (0.1, 2), (0.2, 3), (0.3, 4), (0.4, 5)] == [(round(at, 6), n) for at, n in here.passed]
    assert 0 == here.limiter.waiting


def test_several_limits_hold_at_once() -> None:
    """A second's and a minute's."""
    here = World7([SlidingWindow(2, 1), FixedWindow(3, 60)])

    here.all(5)

    assert [0, 0, 1, 60, 60] == [round(at) for at, _ in here.passed]


def test_who_would_be_too_late_is_refused_at_once() -> None:
    """And nothing is debited: the next one is as early as ever."""
    here = World7(1)
    here.all(1)

    (error,) = here.all(1, until=1_001.0)

    assert (RateLimitTimeout, 1.0, 1_000.0) == (type(error), getattr(error, "retry_after", None), here.clock.now())
    here.all(1)
    assert 1.0 == here.passed[-1][0]


def test_those_who_wait_already_count() -> None:
    """The fourth in the line would be let through after four seconds."""
    here = World7(1)

    answers = here.all(6, until=1_003.5)

    assert [None] * 4 + [RateLimitTimeout] * 2 == [error if error is None else type(error) for error in answers]


@pytest.mark.parametrize(("most", "expected"), [(0, 1), (2.5, 3), (None, 6)])
def test_a_limiter_waits_refuses_or_waits_at_most(most: float | None, expected: int) -> None:
    """As `max_wait` says."""
    here = World7(1, max_wait=most)

    here.all(6)

    assert expected == len(here.passed)


def test_max_wait_and_a_deadline_bound_together() -> None:
    """Whichever is earlier."""
    here = World7(1, max_wait=4)

    here.all(6, until=1_002.5)

    assert 3 == len(here.passed)


def test_the_queue_is_bounded() -> None:
    """So many wait, the front included, as with a bulkhead."""
    here = World7(1, queue=2)

    answers = here.all(5)

    assert [QueueFull] * 2 == [type(error) for error in answers if error is not None]


def test_a_pause_that_comes_later_refuses_those_it_makes_late() -> None:
    """The front when it looks again, the others at their moments."""
    here = World7(1)
    strands = [here.simulation.start(here.one(number, until=1_004.0)) for number in range(4)]
    here.simulation.advance(0.5)
    here.limiter.heed(httpx.Response(429, headers={"Retry-After": "30"}))
    here.simulation.advance(10)

    assert [None, RateLimitTimeout, RateLimitTimeout, RateLimitTimeout] == [
        strand.error if strand.error is None else type(strand.error) for strand in strands
    ]


def test_a_pause_that_comes_later_refuses_those_behind_as_well() -> None:
    """When their own time is over, whoever is at the front."""
    here = World7(TokenBucket(1, burst=1))
    here.all(1)
    front = here.simulation.start(here.limiter.acquire())
    behind = here.simulation.start(here.limiter.acquire(until=1_002.5))
    here.simulation.advance(0.5)
    here.limiter.heed(httpx.Response(429, headers={"Retry-After": "9"}))

    with pytest.raises(RateLimitTimeout, match="did not let this through in time"):
        here.simulation.finish(behind)
    assert 1_002.5 == here.clock.now()
    here.simulation.finish(front)


def test_a_cost_is_paid_in_whole() -> None:
    """A call may count for several, or for none."""
    here = World7(TokenBucket(10, burst=5))

    here.all(1, cost=5)
    here.all(1, cost=0)
    here.all(1, cost=2.5)

    assert [0, 0, 0.25] == [round(at, 6) for at, _ in here.passed]


def test_a_cost_that_there_never_is_is_refused() -> None:
    """It would wait for ever."""
    here = World7(TokenBucket(10, burst=5))

    (error,) = here.all(1, cost=6)

    assert "cost is 6, and the rate limit has 5 at a time at most; lower it, or give the limit a larger burst" == str(
        error
    )


@pytest.mark.parametrize("cost", [-1, float("nan"), float("inf"), True])
def test_a_cost_is_a_number(cost: float) -> None:
    """Of 0 or more."""
    limiter = RateLimiter(5)
    if cost is True:
        assert 1000 == limiter.price(cost)
        return

    with pytest.raises(InputError, match="cost is no number"):
        next(limiter.acquire(cost=cost))


def test_each_server_has_a_bucket_of_its_own() -> None:
    """However its name is written."""
    limiter = RateLimiter(1)
    urls = ["https://a.test", "https://A.test.:443/x", "https://b.test", "http://a.test", "https://a.test:444"]

    places = [limiter.place(httpx.Request("GET", url)) for url in urls]

    assert (places[0], 4) == (places[1], len(set(places)))


def test_a_key_stands_for_all_servers_and_is_shared() -> None:
    """By all limiters of that name."""
    first, second = RateLimiter(GCRA(5), key="acme"), RateLimiter(5, key="acme")

    taken = [each.take(each.place(REQUEST), 1000, 0.0) is not None for each in (first, second, RateLimiter(5))]

    assert [True, False, True] == taken


def test_what_was_used_under_a_key_outlives_its_limiters() -> None:
    """A client for each call is limited as one for all of them is."""
    place = RateLimiter(5, key="one for each call").place()

    taken = list[bool]()
    for _ in range(3):
        taken.append(RateLimiter(5, key="one for each call").take(place, 1000, 0.0) is not None)
        gc.collect()

    assert [True, False, False] == taken


def test_a_route_may_have_a_lane_of_its_own() -> None:
    """What is not named shares the common one."""
    limiter = RateLimiter(1, lanes={"search": SlidingWindow(2, 60)})
    search = limiter.place(REQUEST, "search")

    taken = [limiter.take(search, 1000, 0.0) is not None for _ in range(3)]

    assert ([True, True, False], True) == (taken, limiter.place(REQUEST, "x") == limiter.place(REQUEST))


def test_a_function_may_name_the_lane() -> None:
    """None is the common one."""
    limiter = RateLimiter(1, lanes=lambda request: request.headers.get("x-team"))
    blue = httpx.Request("GET", "https://api.test", headers={"X-Team": "blue"})

    assert ("blue", "") == tuple(limiter.place(request)[1] for request in (blue, REQUEST))


@pytest.mark.parametrize("lane", [lambda: [1], lambda: 1, lambda: b"x", lambda: later(REQUEST)], ids=str)
def test_a_lane_is_text(lane: Callable[[], Any]) -> None:
    """Whatever else a function names would never be met again, or not be hashable."""
    limiter = RateLimiter(1, lanes=lambda _: lane())

    with pytest.raises(InputError, match="lanes named a lane of type"):
        limiter.place(REQUEST)


def by_path() -> RateLimiter:
    """A limiter of many lanes, and one an hour in each."""
    return RateLimiter(SlidingWindow(1, per=3600), lanes=lambda request: request.url.path, adaptive=True)


def crowd(limiter: RateLimiter, now: float, count: int = 2 * KEPT) -> int:
    """So many others use a lane each: how many of them were let through."""
    return sum(limiter.take(("x", f"/{number}"), 1000, now) is not None for number in range(count))


def test_a_limit_holds_in_however_many_lanes() -> None:
    """One that has been used up is not forgotten for the sake of others."""
    limiter = by_path()

    assert (2 * KEPT, 0, 2 * KEPT) == (crowd(limiter, 0.0), crowd(limiter, 3599.0), crowd(limiter, 3600.0))


def test_lines_that_remember_nothing_are_forgotten_when_there_are_many() -> None:
    """But for those in which somebody waits."""
    limiter = by_path()
    limiter.take(X, 1000, 0.0)
    waiting = Stepper(limiter.wait(X, 1000, lambda: 0.0, None))

    crowd(limiter, 0.0)
    for number in range(3 * KEPT):
        limiter.take(("y", f"/{number}"), 1000, 3600.0 * (number + 1))

    lines = limiter._lines._lines  # noqa: SLF001 - what is bounded
    assert (False, 1, True) == (waiting.is_over, limiter.waiting, len(lines) <= KEPT)


@pytest.mark.parametrize("hears", ["before it is forgotten", "afterwards"])
def test_a_pause_is_not_forgotten(hears: str) -> None:
    """Whether its answer comes before the line is forgotten or afterwards: whoever has it in hand keeps it alive."""
    limiter = by_path()
    line = limiter.take(X, 0, 0.0)
    assert line is not None
    if hears == "afterwards":
        crowd(limiter, 4000.0)
    limiter._lines.pause(line, 9000.0)  # noqa: SLF001 - what an answer does
    del line
    crowd(limiter, 8000.0, 3 * KEPT)

    assert None is limiter.take(X, 1000, 8000.0)


@pytest.mark.parametrize("hears", ["before it is forgotten", "afterwards"])
def test_a_slower_pace_is_not_forgotten(hears: str) -> None:
    """Until it is the usual one again."""
    limiter = by_path()
    line = limiter.take(X, 0, 0.0)
    assert line is not None
    if hears == "afterwards":
        crowd(limiter, 4000.0)
    limiter._lines.slow_down(line, 4000.0, 4000.0)  # noqa: SLF001 - what an answer does
    del line

    crowd(limiter, 4001.0, 4 * KEPT)
    is_slow = limiter._lines.get(X, 4001.0).delay(4001_000_000, 2000) > 3600 * 1_000_000  # noqa: SLF001 - its pace
    crowd(limiter, 12_000.0, 9 * KEPT)

    assert (True, True) == (is_slow, X not in limiter._lines._lines)  # noqa: SLF001 - what is bounded


class Aside:
    """Somebody who waits for a slot, and whose line was forgotten meanwhile."""

    def __init__(self) -> None:
        self.limiter, self.now = by_path(), 0.0
        self.waits = Stepper(self.limiter.wait(X, 1000, lambda: self.now, None, Slot()))
        self.now = 4000.0
        crowd(self.limiter, self.now)

    def come(self) -> bool:
        """Whether somebody else is let through."""
        return self.limiter.take(X, 1000, self.now) is not None


def test_who_waits_for_a_slot_keeps_the_line() -> None:
    """Whoever comes meanwhile pays from the same bucket, and then the slot is of no use."""
    here = Aside()
    is_faster = here.come()
    here.waits.answer()

    assert (True, False, 1) == (is_faster, here.waits.is_over, here.limiter.waiting)


def test_who_stands_in_a_line_again_is_counted() -> None:
    """Though it was forgotten since."""
    limiter = by_path()
    line = limiter._lines.get(X, 0.0)  # noqa: SLF001 - a step of waiting
    crowd(limiter, 4000.0)
    _ = limiter._lines._rejoin(Ticket(line, 1000, 1))  # noqa: SLF001 - likewise

    assert 1 == limiter.waiting


def test_what_is_paid_with_a_slot_in_hand_is_kept() -> None:
    """When whoever paid has gone as well."""
    here = Aside()
    here.waits.answer()
    is_over = here.waits.is_over
    del here.waits
    gc.collect()

    assert (True, False) == (is_over, here.come())


def test_a_flow_may_be_admitted() -> None:
    """As a function decorator has it."""
    here = World7(1)

    def flow() -> Flow[str]:
        yield from Sleep(0.25)
        return "done"

    answers = here.simulation.run_all(*(here.limiter.admitted(flow()) for _ in range(3)))

    assert (["done"] * 3, 1_002.25) == (answers, here.clock.now())


def test_a_flow_that_is_refused_is_closed() -> None:
    """It never began."""
    here = World7(1)
    here.all(1)
    flow = here.one()

    here.simulation.run_all(here.limiter.admitted(flow, until=1_000.5))

    assert None is flow.gi_frame


def test_a_limiter_heeds_answers_when_it_is_used_alone() -> None:
    """Pauses by what the server said, for 60 seconds at most."""
    here = World7(10)
    here.all(1)

    here.limiter.heed(httpx.Response(429, headers={"Retry-After": "7200"}))
    here.all(1)

    assert 60.0 == here.passed[-1][0]


def test_what_is_said_of_a_server_that_nobody_asked_holds_too() -> None:
    """As of one that was asked so long ago that it was forgotten."""
    here = World7(10)

    here.limiter.heed(httpx.Response(429, headers={"Retry-After": "7"}), REQUEST)
    here.simulation.run(here.limiter.acquire(REQUEST))

    assert 1_007.0 == here.clock.now()


def test_feedback_can_be_switched_off() -> None:
    """Then only our own limits hold."""
    here = World7(10, feedback=False)
    here.all(1)

    here.limiter.heed(httpx.Response(429, headers={"Retry-After": "50"}))
    here.all(1)

    assert 0.1 == round(here.passed[-1][0], 6)


def test_an_adaptive_limit_slows_down_and_recovers() -> None:
    """To 70 % after an answer of 429, and by a tenth a second again."""
    here = World7(TokenBucket(10, burst=1), adaptive=True)
    here.all(1)
    here.limiter.heed(httpx.Response(429), sent=1_000.0)
    here.limiter.heed(httpx.Response(429), sent=999.0)

    here.all(3)
    spans = [round(after - before, 3) for (before, _), (after, _) in zip(here.passed, here.passed[1:], strict=False)]

    assert (0.1, True, True) == (spans[0], 0.13 < spans[1] < 0.143, spans[2] < spans[1])


def test_what_is_not_adaptive_is_not_slowed_down() -> None:
    """A bare 429 is for the retries."""
    here = World7(TokenBucket(10, burst=1))
    here.all(1)
    here.limiter.heed(httpx.Response(429))
    here.all(2)

    assert [0.0, 0.1, 0.2] == [round(at, 6) for at, _ in here.passed]


class Slot:
    """Something else that must be in hand, and what became of it."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def wait(self) -> Flow[None]:
        """Have it after a second."""
        yield from Sleep(1.0)
        self.log.append("had")

    def give_back(self) -> None:
        """Have it no more."""
        self.log.append("given back")


def test_permits_are_paid_with_the_slot_in_hand() -> None:
    """If they have gone meanwhile the slot is given back, and the place in the line is kept."""
    here, slot = World7(10), Slot()
    place = here.limiter.place()
    line = here.limiter.take(place, 1000, 1_000.0)
    strand = here.simulation.start(here.limiter.wait(place, 1000, here.clock.now, None, slot))
    here.simulation.advance(0.5)
    assert line is not None
    line.pause(1_005.0)

    here.simulation.finish(strand)

    assert (["had", "given back", "had"], 1_006.0) == (slot.log, here.clock.now())


def test_numbers_of_those_who_left_are_forgotten() -> None:
    """However many come and go while nothing is let through."""
    here = World7(1)
    here.all(1)
    stays = [Stepper(here.limiter.acquire()) for _ in range(2)]
    for _ in range(5 * FEW):
        Stepper(here.limiter.acquire()).cancel()
    line = here.limiter._lines.get(here.limiter.place(), here.clock.now())  # noqa: SLF001 - nobody else tells

    assert (2, True) == (here.limiter.waiting, len(line._order) <= 2 + FEW)  # noqa: SLF001 - likewise
    stays[0].cancel()
    assert line.front is not None


def test_permits_that_went_meanwhile_are_waited_for_anew() -> None:
    """A server had us pause between the look and the payment."""
    here, looks = World7(10), list[float]()
    place = here.limiter.place()
    line = here.limiter.take(place, 1000, 900.0)
    assert line is not None

    def now() -> float:
        looks.append(here.clock.now())
        if len(looks) == 3:
            line.pause(1_007.0)
        return looks[-1]

    here.simulation.run(here.limiter.wait(place, 1000, now, None))

    assert 1_007.0 == here.clock.now()


def test_permits_can_be_given_back() -> None:
    """Who was refused after all sends nothing."""
    limiter = RateLimiter(1)
    line = limiter.take(limiter.place(), 1000, 0.0)
    assert line is not None
    limiter.give_back(line, 1000, 0, 0.0)

    assert line is limiter.take(limiter.place(), 1000, 0.0)


def test_a_finalizer_never_waits_for_the_lock() -> None:
    """It may run on the thread that holds it; every other step settles what it left."""
    settles: dict[str, Any] = {
        "take": lambda lines, _: lines.take(X, 1000, 0.0),
        "get": lambda lines, _: lines.get(X, 0.0),
        "count": lambda lines, _: lines.waiting,
        "join": lambda lines, _: Stepper(lines.wait(X, 1000, lambda: 0.0, None)),
        "pause": lambda lines, line: lines.pause(line, 0.0),
        "slow": lambda lines, line: lines.slow_down(line, 0.0, 0.0),
        "back": lambda lines, line: lines.give_back(line, 0, 0, 0.0),
        "again": lambda lines, line: lines._rejoin(Ticket(line, 1000, 1)),  # noqa: SLF001 - a step of waiting
    }
    for settle in settles.values():
        limiter = RateLimiter(1)
        lines: Lines = limiter._lines  # noqa: SLF001 - its lock is being held
        line = lines.take(X, 1000, 0.0)
        front = Stepper(lines.wait(X, 1000, lambda: 0.0, None))
        with lines._lock:  # noqa: SLF001 - as a finalizer finds it
            front.cancel()
        settle(lines, line)

        assert not lines._notes  # noqa: SLF001 - what was left


def test_who_leads_settles_what_a_finalizer_left() -> None:
    """With each look at the bucket."""
    here = World7(1)
    here.all(1)
    front, second = (Stepper(here.limiter.acquire()) for _ in range(2))
    lines = here.limiter._lines  # noqa: SLF001 - its lock is being held
    with lines._lock:  # noqa: SLF001 - as a finalizer finds it
        second.cancel()
    front.answer()

    assert (False, 1) == (bool(lines._notes), here.limiter.waiting)  # noqa: SLF001 - what was left


def test_in_a_forked_child_nobody_waits() -> None:
    """But what was taken counts."""
    here = World7(1)
    here.all(1)
    _ = [Stepper(here.limiter.acquire()) for _ in range(3)]
    lines = here.limiter._lines  # noqa: SLF001 - what the fork finds
    lines.after_fork()

    assert (0, True) == (here.limiter.waiting, lines in forks)
    here.all(1)
    assert 1.0 == here.passed[-1][0]


@pytest.mark.parametrize("runs", [run_asyncio, run_trio])
def test_tasks_keep_the_rate_in_virtual_time(runs: Any) -> None:
    """In their order, with nothing of the rate unused."""
    clock = VirtualClock()
    limiter, world, passed = RateLimiter(TokenBucket(100, burst=1)), World(None, clock), list[tuple[float, int]]()

    def one(number: int) -> Flow[None]:
        if limiter.take(limiter.place(), 1000, clock.now()) is None:
            yield from limiter.wait(limiter.place(), 1000, clock.now, None)
        passed.append((round(clock.now() - 1_000, 3), number))

    async def main() -> None:
        """Begin them one after the other."""
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(arun, one(number), world)
                await anyio.lowlevel.checkpoint()

    runs(main, clock)

    assert [(number / 100, number) for number in range(50)] == passed


def test_threads_and_loops_share_a_limit() -> None:
    """Blocking, on asyncio and on trio at once: never more than the rate, and nobody is forgotten."""
    limiter, world, passed = RateLimiter(TokenBucket(5_000, burst=50)), World(), list[float]()
    clock = Clock()

    def one() -> Flow[None]:
        yield from limiter.acquire()
        passed.append(clock.now())

    async def main() -> None:
        """Many tasks."""
        async with anyio.create_task_group() as group:
            for _ in range(150):
                group.start_soon(arun, one(), world)

    in_threads(lambda: [run(one(), world) for _ in range(50)], main)

    assert (500, 0) == (len(passed), limiter.waiting)
    assert max(passed) - min(passed) >= (500 - 50) / 5_000 - 0.05


@pytest.mark.parametrize("seed", range(5))
def test_cancellations_lose_no_permit(seed: int) -> None:
    """2,000 flows, most of them cancelled somewhere: no more passed than was granted, and the line goes on."""
    here = World7(TokenBucket(100, burst=3), seed=seed)
    strands = [here.simulation.start(here.one(at, 1_000.0 + (at % 2) * 100)) for at in range(2_000)]

    cancel_most(here.simulation, strands, seed)

    moments, order = [at for at, _ in here.passed], {number: at for at, number in enumerate(here.arrived)}
    turns = [order[number] for _, number in here.passed]
    assert (0, sorted(turns), True) == (here.limiter.waiting, turns, len(turns) > 50)
    assert all(later - at >= 0.01 - 1e-6 for at, later in zip(moments, moments[3:], strict=False))
    before = here.clock.now()
    here.all(20)
    assert round(here.clock.now() - before, 6) <= 0.2


async def later(_: httpx.Request) -> str:
    """A lane that would have to be awaited."""
    return "x"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limits": 0}, "limits"),
        ({"limits": 5, "key": ""}, "key"),
        ({"limits": 5, "key": 7}, "key"),
        ({"limits": 5, "lanes": 7}, "lanes"),
        ({"limits": 5, "lanes": {"x": 0}}, "lanes['x']"),
        ({"limits": 5, "lanes": {3: 1}}, "lanes[3]"),
        ({"limits": 5, "lanes": {"": 1}}, "lanes['']"),
        ({"limits": 5, "lanes": later}, "lanes"),
        ({"limits": 5, "lanes": functools.partial(later)}, "lanes"),
        ({"limits": 5, "max_wait": -1}, "max_wait"),
        ({"limits": 5, "queue": 0}, "queue"),
        ({"limits": 5, "feedback": 1}, "feedback"),
        ({"limits": 5, "adaptive": "yes"}, "adaptive"),
    ],
)
def test_a_limiter_is_checked(wrong: Any, field: str) -> None:
    """By name, when it is made."""
    with pytest.raises(ConfigError) as caught:
        RateLimiter(**wrong)

    assert field == caught.value.field


def test_a_name_stands_for_one_limit() -> None:
    """Whoever wants another is told."""
    kept = RateLimiter(5, key="taken")

    with pytest.raises(ConfigError, match="key is 'taken', the name of another limit"):
        RateLimiter(6, key="taken")

    assert "RateLimiter([GCRA(rate=5.0, per=1.0, burst=1.0)], key='taken')" == repr(kept)


def test_in_a_forked_child_names_can_be_asked_for() -> None:
    """Though a thread of the parent was just asking for one."""
    with named._lock:  # noqa: SLF001 - as at the fork
        named.after_fork()
        limiter = RateLimiter(5, key="forked")

    assert ("RateLimiter([GCRA(rate=5.0, per=1.0, burst=1.0)], key='forked')", True) == (repr(limiter), named in forks)


def test_a_waiter_whose_loop_is_gone_is_passed_over() -> None:
    """The next one comes to the front instead."""
    here = World7(1)
    here.all(1)
    place: Hashable = here.limiter.place()
    front, lost, last = (Stepper(here.limiter.wait(place, 1000, here.clock.now, None)) for _ in range(3))
    line = here.limiter._lines.get(place, here.clock.now())  # noqa: SLF001 - whom it waits for
    (ticket, _) = line.waiting.values()
    ticket.abandon()
    front.cancel()
    last.answer()

    assert (False, "Sleep(1.0)") == (lost.is_over, repr(last.effect))
