"""Deadlines as moments, and timeouts that know them."""

from __future__ import annotations

import pickle

import httpx
import pytest

from restkit.flow import Clock, Limit, Promise, World
from restkit.flow.deadline import KEY, MomentPassed, bind, late
from restkit.testing import VirtualClock


def limit_of(request: httpx.Request) -> Limit:
    """What a transport can ask."""
    found: Limit = request.extensions[KEY]
    return found


def test_timeouts_are_clamped_to_what_is_left() -> None:
    """Each timeout is the smaller of its own and what is left until the moment."""
    clock = VirtualClock()
    request = httpx.Request("GET", "/", extensions={"timeout": {"connect": 2.0, "read": 30.0, "write": None}, "a": 1})

    bind(request, clock.now() + 5.0, World(clock=clock))

    assert {"connect": 2.0, "read": 5.0, "write": 5.0, "pool": 5.0} == request.extensions["timeout"]
    assert 1 == request.extensions["a"]


def test_timeouts_that_end_before_the_moment_stay() -> None:
    """Where every timeout is shorter than what is left, nothing changes."""
    clock, timeouts = VirtualClock(), dict.fromkeys(("connect", "read", "write", "pool"), 3.0)
    request = httpx.Request("GET", "/", extensions={"timeout": timeouts})

    bind(request, clock.now() + 5.0, World(clock=clock))

    assert timeouts is request.extensions["timeout"]


def test_without_a_moment_only_a_stop_counts() -> None:
    """A run that can be called off has no moment: nothing is left once it was."""
    clock, stop = VirtualClock(), Promise[None]()
    request = httpx.Request("GET", "/")

    bind(request, None, World(clock=clock, stop=stop))

    assert None is limit_of(request).left()
    _ = stop.keep()
    assert 0.0 == limit_of(request).left()


def test_a_limit_counts_down() -> None:
    """A transport that asks anew before each operation is told what is left then, and never less than nothing."""
    clock = VirtualClock()
    request = httpx.Request("GET", "/")
    bind(request, clock.now() + 5.0, World(clock=clock))

    clock.sleep(3.0)
    assert 2.0 == limit_of(request).left()
    clock.sleep(3.0)
    assert 0.0 == limit_of(request).left()


def test_a_moment_that_has_passed() -> None:
    """Nothing is left: the error is a read timeout of this request."""
    clock = VirtualClock()
    request = httpx.Request("GET", "http://api.test/")

    with pytest.raises(httpx.ReadTimeout) as caught:
        bind(request, clock.now(), World(clock=clock))

    assert request is caught.value.request


def test_real_time_goes_on() -> None:
    """The clock that is not virtual measures seconds that never go back, and the time of day."""
    clock = Clock()
    before = clock.now()

    assert clock.now() >= before
    assert clock.wall() > 1.7e9


def test_a_moment_that_has_passed_can_be_pickled() -> None:
    """It keeps its message and its moment."""
    error = late(httpx.Request("GET", "http://api.test/"), 5.0)

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - it was written here

    assert (MomentPassed, str(error), 5.0) == (type(again), str(again), again.until)
