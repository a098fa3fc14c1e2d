"""The pool against a model: places, who waits, who is served next, whatever order things happen in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.flow.effects import Flow
from restkit.wire.direct.connection import Connection
from restkit.wire.direct.origin import Origin
from restkit.wire.direct.pace import Pace
from restkit.wire.direct.pool import Pool
from tests.loopback import PATIENCE
from tests.wire.direct.conftest import started


class Quiet:
    """A channel on which nothing happens, until it ends."""

    reads_ahead = False
    remote = None
    unsent = 0

    def __init__(self) -> None:
        self.has_news = False
        self.is_closed = False

    def close(self) -> None:
        """Give it back."""
        self.is_closed = True

    def cut(self) -> bool:
        """End it."""
        self.has_news = True
        return True


class Interrupted(Origin):
    """An origin in whose look-up a finalizer runs, as it may on the thread that holds the pool's lock."""

    then: list[Callable[[], object]] = []  # noqa: RUF012 - what runs there, of all of them

    def __hash__(self) -> int:
        while self.then:
            _ = self.then.pop()()
        return super().__hash__()

    __eq__ = Origin.__eq__


ORIGINS = [Interrupted("http", name, 80, name) for name in ("a", "b", "c")]


class Caller:
    """Somebody who wants a connection: a flow that is stepped by hand."""

    def __init__(self, table: Table, origin: Origin) -> None:
        self.table, self.origin = table, origin
        self.connection: Connection | None = None
        self.turn: Any = None
        self._flow: Flow[Connection | None] = self._takes()
        self._step(lambda: next(self._flow))

    def _takes(self) -> Flow[Connection | None]:
        pool = self.table.pool
        return pool.idle(self.origin) or (yield from pool.take(self.origin, Pace({})))

    def _step(self, act: Callable[[], Any]) -> None:
        try:
            self.turn = act()
        except StopIteration as end:
            self.turn, found = None, end.value
            self.connection = found or self.table.opened(self.origin)

    @property
    def is_served(self) -> bool:
        """Whether it was handed a place, which it may not have noticed yet."""
        return self.turn is not None and self.turn.promise.is_kept

    def notice(self) -> None:
        """Go on with the place that was handed over."""
        place = self.turn.promise.value
        self._step(lambda: self._flow.send(place))

    def close(self) -> None:
        """Be forgotten, as by a finalizer."""
        self._flow.close()

    def cancel(self) -> None:
        """Leave the line, or what was handed over."""
        with pytest.raises(KeyboardInterrupt):
            _ = self._flow.throw(KeyboardInterrupt())


class Table:
    """A pool, those who have a connection, and those who wait, in the order in which they came."""

    def __init__(self, most: int, most_idle: int) -> None:
        self.most = most
        self.pool = Pool(httpx.Limits(max_connections=most, max_keepalive_connections=most_idle))
        self.made: list[Connection] = []
        self.having: list[Caller] = []
        self.waiting: deque[Caller] = deque()

    def opened(self, origin: Origin) -> Connection:
        """A connection in an empty place."""
        made: Any = Quiet()
        self.made.append(self.pool.opened(Connection(origin, made, self.pool)))
        return self.made[-1]

    def come(self, origin: Origin) -> None:
        """Somebody comes."""
        caller = Caller(self, origin)
        (self.having if caller.turn is None else self.waiting).append(caller)

    def check(self) -> None:
        """First come, first served; never too many; nobody waits while there is a place; all is whose it should be."""
        served = [caller.is_served for caller in self.waiting]
        assert served == sorted(served, reverse=True)
        for caller in [each for each in self.waiting if each.is_served]:
            self.waiting.remove(caller)
            caller.notice()
            self.having.append(caller)
        live = [each for each in self.made if not each.channel.is_closed]  # type: ignore[attr-defined] # a Quiet
        assert len(live) <= self.most
        assert not self.waiting or len(self.having) == self.most
        held = [each.connection for each in self.having]
        assert len(held) == len(set(map(id, held)))
        assert all(
            each is not None and each.origin == caller.origin for each, caller in zip(held, self.having, strict=True)
        )


OTHERS = ["release", "vanish", "collect", "both", "leave", "discard", "interrupt", "end", "close"]
steps = st.lists(
    st.tuples(st.sampled_from(["come"] * len(OTHERS) + OTHERS), st.integers(0, 20)), min_size=10, max_size=60
)


def play(table: Table, step: str, number: int) -> None:  # noqa: C901 - an arm for each thing that may happen
    """Have something happen."""
    caller = table.having[number % len(table.having)] if table.having else None
    match step:
        case "come":
            table.come(ORIGINS[number % 3])
        case "release" if caller is not None:
            table.having.remove(caller)
            caller.connection.release()
        case "discard" if caller is not None:
            table.having.remove(caller)
            caller.connection.discard()
            caller.connection.discard()
        case "leave" if table.waiting:
            left = table.waiting[number % len(table.waiting)]
            table.waiting.remove(left)
            left.cancel()
        case "interrupt" if caller is not None:
            table.having.remove(caller)
            Interrupted.then.append(caller.connection.discard if number % 2 else caller.connection.release)
            table.come(ORIGINS[number % 3])
        case "vanish" if caller is not None and table.waiting:  # gone before being told
            first = table.waiting.popleft()
            first.turn.promise.abandon()
            table.having.remove(caller)
            caller.connection.release()
            first.cancel()
        case "collect" if table.waiting:
            Interrupted.then.append(table.waiting.popleft().close)
            table.come(ORIGINS[number % 3])
        case "both" if caller is not None and table.waiting:  # served, and gone before it has noticed
            table.having.remove(caller)
            caller.connection.release()
            first = table.waiting.popleft()
            assert first.is_served
            first.cancel()
        case "end" if table.made:
            table.made[number % len(table.made)].channel.cut()
        case "close":
            table.pool.close()
        case _:
            pass
    Interrupted.then.clear()


@given(most=st.integers(1, 3), most_idle=st.integers(0, 3), happens=steps)
def test_places(most: int, most_idle: int, happens: list[tuple[str, int]]) -> None:
    """Whatever happens: see `Table.check`; and when everybody has gone, nobody has a place."""
    table = Table(most, most_idle)
    for step, number in happens:
        play(table, step, number)
        table.check()
    while table.waiting or table.having:
        play(table, "release", 0)
        table.check()
    table.pool.close()

    assert (False, True) == (table.pool.is_open, all(each.channel.is_closed for each in table.made))  # type: ignore[attr-defined]


def test_the_newest_is_handed_out() -> None:
    """Of those that are idle for an origin."""
    table = Table(3, 3)
    for _ in range(3):
        table.come(ORIGINS[0])
    one, two, three = (caller.connection for caller in table.having)
    for each in (two, three, one):
        assert each is not None
        each.release()
        each.release()  # again: nothing

    found = [Caller(table, ORIGINS[0]).connection for _ in range(3)]

    assert [one, three, two] == found


def test_one_that_came_back_meanwhile() -> None:
    """After one has looked for an idle connection, and before one asks for a place."""
    table = Table(1, 1)
    table.come(ORIGINS[0])
    connection = table.having.pop().connection
    assert connection is not None
    connection.release()

    with pytest.raises(StopIteration) as taken:
        _ = next(table.pool.take(ORIGINS[0], Pace({})))

    assert connection is taken.value.value


def test_a_caller_who_is_forgotten() -> None:
    """Its finalizer may run on the thread that holds the lock, and cannot wait for that."""
    table = Table(1, 1)
    for origin in ORIGINS:
        table.come(origin)
    forgotten = table.waiting.popleft()
    Interrupted.then.append(forgotten.close)

    started(lambda: table.come(ORIGINS[0])).result(PATIENCE)
    play(table, "release", 0)

    assert [True, False] == [each.is_served for each in table.waiting]
