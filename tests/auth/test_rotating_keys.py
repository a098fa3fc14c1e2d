"""Rotating keys: whose turn it is, which are dropped, and what a call does when its key is refused."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AuthError, Client, ConfigError, EnvVar, TooManyRequests, Unauthorized
from restkit.auth import KeyHealth, RotatingKeys
from restkit.flow.forks import forks
from restkit.policies.rotation import Rotation, Turned
from restkit.testing import VirtualClock
from tests.auth.canary import SECRET, answering, shown
from tests.client.worlds import World

KEYS = ("one", "two", "three")
NAME = "X-Key"


class Door:
    """A server that lets some keys in, and notes those that were tried."""

    def __init__(self, *good: str, status: int = 401) -> None:
        self.good, self.status = good, status
        self.tried: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        key = request.headers[NAME]
        self.tried.append(key)
        return httpx.Response(200 if key in self.good else self.status, json=key)

    def knock(self, scheme: httpx.Auth, times: int = 1) -> list[int | str]:
        """What calls in a bare httpx client come to: a status, or the name of an error."""
        found: list[int | str] = []
        with httpx.Client(transport=httpx.MockTransport(self), auth=scheme) as client:
            for _ in range(times):
                try:
                    found.append(client.post("https://api.test/", content=b"x").status_code)
                except AuthError as error:
                    found.append(type(error).__name__)
        return found


def rotating(**settings: Any) -> RotatingKeys:
    """Three keys."""
    return RotatingKeys(KEYS, header=NAME, **settings)


def test_each_call_has_the_next_key() -> None:
    """And after the last comes the first."""
    door = Door(*KEYS)
    _ = door.knock(rotating(), 5)

    assert ["one", "two", "three", "one", "two"] == door.tried


def test_one_key_is_used_until_it_is_refused() -> None:
    """If that is wanted."""
    door = Door("two", "three")
    _ = door.knock(rotating(turn="failure"), 3)

    assert ["one", "two", "two", "two"] == door.tried


def test_a_refused_call_is_sent_with_the_next_key(world: World) -> None:
    """Each client of restkit does so, with the body."""
    door = Door("three")
    client = world.mocked(door, auth=rotating())

    assert ["three", ["one", "two", "three"]] == [world(client.post("/", json={"a": 1})).data, door.tried]


def test_a_call_tries_each_key_once() -> None:
    """Then the answer is that of the last."""
    door = Door()

    assert [[401], [*KEYS]] == [door.knock(rotating()), door.tried]


def test_a_key_is_dropped_when_it_is_refused_too_often() -> None:
    """Three times in a row."""
    door = Door("two", "three")
    _ = door.knock(rotating(), 9)

    assert 3 == door.tried.count("one")


def test_a_key_that_is_let_in_has_a_new_beginning() -> None:
    """Refusals count in a row only."""
    scheme = rotating(turn="failure")
    for good in [(), ("one",), (), ("one",), ()]:
        _ = Door(*good).knock(scheme)

    assert (1, False) == scheme.health[0][2:]


def test_a_dropped_key_comes_back() -> None:
    """After a minute; the next refusal drops it again."""
    clock = VirtualClock()
    scheme, door = RotatingKeys(["one", "two"], header=NAME, clock=clock), Door("two")
    _ = door.knock(scheme, 10)
    clock.sleep(60)
    _ = door.knock(scheme, 10)

    assert 4 == door.tried.count("one")


def test_a_dropped_key_stays_away() -> None:
    """If that is wanted."""
    clock = VirtualClock()
    scheme, door = RotatingKeys(["one", "two"], header=NAME, clock=clock, back_after=None), Door("two")
    _ = door.knock(scheme, 10)
    clock.sleep(10**9)
    _ = door.knock(scheme, 10)

    assert 3 == door.tried.count("one")


def test_no_key_is_left() -> None:
    """The call that finds it out, and those after it, which send nothing."""
    door = Door()

    assert [[401, 401, "AuthError", "AuthError"], 9] == [door.knock(rotating(), 4), len(door.tried)]


def test_the_error_counts_the_keys() -> None:
    """And has the status of the last answer."""
    client = Client(base_url="https://api.test", transport=answering(401), auth=rotating(most=1), retry=False)
    with client, pytest.raises(AuthError) as caught:
        client.get("/")

    assert ("all 3 keys were refused, and none is left", 401) == (caught.value.message, caught.value.status)


def test_a_throttled_moment_drops_no_key(world: World) -> None:
    """Though every key is answered so in every attempt: the call ends as any other, and the next one goes through."""
    clock, seen = VirtualClock(), list[httpx.Request]()

    def api(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200 if len(seen) > 3 * len(KEYS) else 429, headers={"Retry-After": "1"})

    client = world.mocked(api, auth=rotating(most=1, clock=clock), retry=3, clock=clock)
    with pytest.raises(TooManyRequests) as caught:
        world(client.get("/"))

    assert (1.0, 200) == (caught.value.retry_after, world(client.get("/")).status_code)


def test_a_throttled_key_loses_its_turn() -> None:
    """What was counted of it, stays."""
    scheme, door = rotating(turn="failure"), Door("two", status=429)
    _ = Door(status=401).knock(scheme)
    _ = door.knock(scheme, 2)

    assert (["one", "two", "two"], 1) == (door.tried, scheme.health[0].failures)


@pytest.mark.parametrize(("status", "expected"), [(401, 3), (403, 1), (429, 3), (500, 1)])
def test_what_refuses_a_key(status: int, expected: int) -> None:
    """401 and 429; a 403 is about what was asked for, unless the API is said to mean the key."""
    door = Door(status=status)
    _ = door.knock(rotating())

    assert expected == len(door.tried)


def test_other_statuses_can_refuse_a_key() -> None:
    """As the API has it."""
    door = Door(status=403)
    _ = door.knock(rotating(refused=[403]))

    assert [*KEYS] == door.tried


def test_a_failing_server_says_nothing_of_a_key() -> None:
    """What was counted, stays."""
    scheme = rotating(turn="failure", most=2)
    for status in (401, 500):
        _ = Door(status=status).knock(scheme)

    assert KeyHealth(sent=2, refused=1, failures=1, is_dropped=False) == scheme.health[0]


def test_a_body_that_can_be_sent_once_is_sent_once(world: World) -> None:
    """The answer is that to the first key."""
    seen: list[httpx.Request] = []
    client = world.client(base_url="https://api.test", transport=answering(401, seen=seen), auth=rotating())
    with pytest.raises(Unauthorized):
        world(client.post("/", content=iter([b"x"])))

    assert 1 == len(seen)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (lambda: RotatingKeys(["a"], header="Authorization", prefix="Key"), "Key a"),
        (lambda: RotatingKeys([lambda: "a"], header="Authorization"), "a"),
        (lambda: RotatingKeys(["a"], query="key"), "key=a"),
        (lambda: RotatingKeys(["a"], cookie="key"), "key=a"),
    ],
)
def test_where_a_key_stands(scheme: Callable[[], RotatingKeys], expected: str) -> None:
    """In a header, with or without a word before it, in the query, or in a cookie."""
    seen: list[httpx.Request] = []
    with httpx.Client(transport=answering(200, seen=seen), auth=scheme()) as client:
        _ = client.get("https://api.test/")
    said = seen[0]

    assert expected in {said.headers.get("Authorization"), said.headers.get("Cookie"), said.url.query.decode()}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"keys": [], "header": NAME}, "keys"),
        ({"keys": "abc", "header": NAME}, "keys"),
        ({"keys": 1, "header": NAME}, "keys"),
        ({"keys": ["a", "b\n"], "header": NAME}, "keys[1]"),
        ({"keys": ["a", "b; c=d"], "cookie": "key"}, "keys[1]"),
        ({"keys": ["a"]}, "header, query, cookie"),
        ({"keys": ["a"], "query": "key", "prefix": "Key"}, "prefix"),
        ({"keys": ["a"], "header": NAME, "prefix": "K y"}, "prefix"),
        ({"keys": ["a"], "header": NAME, "turn": "random"}, "turn"),
        ({"keys": ["a"], "header": NAME, "refused": [200]}, "refused"),
        ({"keys": ["a"], "header": NAME, "most": 0}, "most"),
        ({"keys": ["a"], "header": NAME, "back_after": -1}, "back_after"),
    ],
)
def test_what_cannot_be(settings: dict[str, Any], field: str) -> None:
    """It is refused by name."""
    with pytest.raises(ConfigError) as caught:
        _ = RotatingKeys(**settings)

    assert field == caught.value.field


def test_a_key_that_is_not_there() -> None:
    """The error names its number and its variable."""
    scheme = RotatingKeys([EnvVar("NO_SUCH_KEY")], header=NAME)

    with pytest.raises(ConfigError, match="environment variable NO_SUCH_KEY is not set"):
        _ = Door().knock(scheme)


@pytest.mark.parametrize("statuses", [[200], [401], [401, 500]])
def test_no_key_is_ever_seen(statuses: list[int]) -> None:
    """Whatever a call comes to."""
    scheme = RotatingKeys([SECRET, SECRET[::-1]], header=NAME, most=1)
    with Client(base_url="https://api.test", transport=answering(*statuses), auth=scheme, retry=False) as client:
        seen = shown(scheme, lambda: [client.get("/"), scheme.health])

    assert (False, False) == (SECRET in seen, SECRET[::-1] in seen)


def test_keys_are_not_pickled() -> None:
    """They are secrets."""
    with pytest.raises(TypeError):
        _ = pickle.dumps(rotating())


def test_a_child_has_a_lock_of_its_own() -> None:
    """A thread of the parent may have held it."""
    scheme, door = rotating(), Door(*KEYS)
    _ = scheme._lock.acquire()  # noqa: SLF001 - as a thread of the parent that is in the middle of it
    forks.after_fork()

    assert [200] == door.knock(scheme)


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["refused", "throttled", "let in", "later"])))


@given(STEPS, st.booleans(), st.integers(1, 3), st.sampled_from([0.5, 2.0, math.inf]))
def test_whoever_is_picked_is_in_use(steps: list[tuple[int, str]], by_call: bool, most: int, rest: float) -> None:  # noqa: FBT001 - drawn
    """Never a key that was dropped or tried; and there is one as long as one is left."""
    now, rotation = 0.0, Rotation(keys=(Turned(),) * 4, by_call=by_call, most=most, rest=rest)
    for number, what in steps:
        now += what == "later"
        if what == "refused":
            rotation = rotation.failed(number, now)
        if what == "throttled":
            rotation = rotation.throttled(number)
        if what == "let in":
            rotation = rotation.succeeded(number)
    tried = {0, 1}
    left = {each for each, key in enumerate(rotation.keys) if key.rests_until <= now and each not in tried}
    number = rotation.next(now, tried)

    assert (number in left) if left else (number is None)


@given(st.integers(1, 7), st.integers(0, 30))
def test_turns_are_even(count: int, calls: int) -> None:
    """With a key a call, none has more than one call ahead of any other."""
    rotation = Rotation(keys=(Turned(),) * count)
    for _ in range(calls):
        number = rotation.next(0.0)
        assert number is not None
        rotation = rotation.picked(number)
    sent = [key.sent for key in rotation.keys]

    assert (calls, True) == (sum(sent), max(sent) - min(sent) <= 1)
