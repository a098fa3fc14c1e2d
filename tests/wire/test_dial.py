"""Connecting to one of several addresses: who answers first, and that nothing stays open (F01, F02, F06)."""

from __future__ import annotations

import contextlib
import errno
import gc
import socket
import threading
from collections.abc import Callable
from functools import partial

import anyio
import httpx
import pytest
from typing_extensions import override

from restkit import Client, ClientClosed, ConnectError, ConnectTimeout
from restkit.errors import ResourceError
from restkit.flow import Clock, Limit, Promise
from restkit.flow.deadline import MomentPassed
from restkit.wire import Stock
from restkit.wire.awaited_backend import AwaitedBackend
from restkit.wire.awaited_dial import adial, compete
from restkit.wire.backend import BoundBackend
from restkit.wire.bound import Bound, bound
from restkit.wire.budget import Budget
from restkit.wire.dial import Attempts, begin, dial, roused
from restkit.wire.eyeballs import Turns
from tests.campaign.wire_starving import without_descriptors
from tests.client.worlds import World
from tests.loopback import PATIENCE, Loopback
from tests.wire.conftest import DEAD, Wire, asked, at, descriptors, left_open

ALIVE = "127.0.0.1"


def named(server: Loopback) -> str:
    """The server's URL, by a name."""
    return server.url.replace(ALIVE, "api.test")


def port_of(server: Loopback) -> int:
    """Where it listens."""
    return httpx.URL(server.url).port or 0


def endless(stop: Promise[None] | None = None, seconds: float | None = None) -> Bound:
    """A timeout that only `stop` ends."""
    return bound(seconds, Limit(None, Clock(), stop))


class Odd:
    """Begins to connect, and what else a test wants."""

    def __init__(self, port: int, happens: Callable[[str], object]) -> None:
        self.port, self.happens = port, happens
        self.made: list[socket.socket] = []

    def __call__(self, address: str) -> socket.socket:
        """Begin."""
        self.made.append(begin(address, self.port, None, ()))
        _ = self.happens(address)
        return self.made[-1]

    @property
    def open(self) -> int:
        """How many sockets nobody has closed."""
        return sum(each.fileno() >= 0 for each in self.made)


def test_a_dead_address_before_one_alive(wire: Wire, server: Loopback) -> None:
    """The next one is tried at once."""
    before = descriptors()
    stock = wire.stock(resolver=at(DEAD, ALIVE))

    response = wire.whole(stock, asked(f"{named(server)}/echo"))
    wire.close(stock)
    server.wait_until_left()

    assert (200, (ALIVE, port_of(server))) == (response.status_code, response.extensions["restkit.wire"].remote)
    assert 0 == left_open(before)


def test_a_black_hole_before_one_alive(wire: Wire, server: Loopback, black_hole: str) -> None:
    """The next one is tried beside it, and the hole is left alone then."""
    before = descriptors()
    stock = wire.stock(resolver=at(black_hole, ALIVE))

    response = wire.whole(stock, asked(f"{named(server)}/echo"))
    wire.close(stock)
    server.wait_until_left()

    assert (200, 0) == (response.status_code, left_open(before))


def test_both_families_are_tried(wire: Wire, server: Loopback) -> None:
    """Where one of them leads nowhere."""
    stock = wire.stock(resolver=at("::1", ALIVE))

    assert 200 == wire.whole(stock, asked(f"{named(server)}/echo")).status_code


def test_no_address_is_alive(world: World, server: Loopback) -> None:
    """The error tells of each that failed in another way, and its class is that of the first."""
    client = world.client(base_url=named(server), transport=Stock(resolver=at(DEAD, "127.0.0.4", "255.255.255.255")))

    with pytest.raises(ConnectError, match=r"refused.*; .*") as caught:
        world(client.get("/"))

    assert ConnectError is type(caught.value)


def test_nobody_listens(world: World, server: Loopback) -> None:
    """At the one address there is."""
    client = world.client(base_url=f"http://{DEAD}:{port_of(server)}")

    with pytest.raises(ConnectError, match="refused"):
        world(client.get("/"))


def test_all_addresses_share_one_timeout(wire: Wire, server: Loopback, black_hole: str) -> None:
    """A second one gets no time of its own."""
    before = descriptors()
    request = httpx.Request("GET", named(server), extensions={"timeout": {"connect": 0.05}})

    with pytest.raises(httpx.ConnectTimeout):
        _ = wire.send(wire.stock(resolver=at(black_hole, ALIVE)), request)

    assert (0, 0) == (server.connections, left_open(before))


def test_a_connect_timeout(world: World, server: Loopback, black_hole: str) -> None:
    """Of a host with one address, in a client."""
    timeout = httpx.Timeout(30, connect=0.05)
    client = world.client(base_url=f"http://{black_hole}:{port_of(server)}", timeout=timeout)

    with pytest.raises(ConnectTimeout):
        world(client.get("/"))


@pytest.mark.parametrize("beside", [(), (DEAD,)], ids=["one address", "two"])
def test_connecting_outlasts_no_moment(wire: Wire, server: Loopback, black_hole: str, beside: tuple[str, ...]) -> None:
    """And leaves nothing open."""
    before = descriptors()

    with pytest.raises(MomentPassed):
        _ = wire.send(wire.stock(resolver=at(black_hole, *beside)), asked(named(server), None, 0.05))

    assert 0 == left_open(before)


@pytest.mark.parametrize("beside", [(), (DEAD,)], ids=["one address", "two"])
def test_connecting_is_called_off(wire: Wire, server: Loopback, black_hole: str, beside: tuple[str, ...]) -> None:
    """By another thread, and it leaves nothing open."""
    before, stop = descriptors(), Promise[None]()
    found: list[str] = []

    def resolve(_host: str, _port: int) -> list[str]:
        found.append(black_hole)
        return [black_hole, *beside]

    def call_off() -> None:
        while not found:
            pass
        _ = stop.keep()

    keeper = threading.Thread(target=call_off)
    keeper.start()
    with pytest.raises(ClientClosed):
        _ = wire.send(wire.stock(resolver=resolve), asked(named(server), stop))
    keeper.join(PATIENCE)

    assert 0 == left_open(before)


def test_called_off_while_it_waits(server: Loopback, black_hole: str) -> None:
    """The thread is roused."""
    stop: Promise[None] = Promise()
    odd = Odd(port_of(server), lambda _: threading.Thread(target=stop.keep).start())

    with pytest.raises(ClientClosed):
        _ = dial([black_hole], odd, Budget(endless(stop)))

    assert 0 == odd.open


def test_a_selector_is_roused(server: Loopback, black_hole: str) -> None:
    """Though nothing happens on any socket."""
    stop, odd = Promise[None](), Odd(port_of(server), lambda _: None)

    with Attempts(Turns([black_hole]), odd) as attempts, roused(attempts.selector, stop):
        _ = stop.keep()
        attempts.go_on(Budget(endless()))

    assert (None, 1, 0) == (attempts.winner, len(odd.made), odd.open)


def test_called_off_before_it_begins(server: Loopback) -> None:
    """It does not wait, and what it began is closed."""
    stop: Promise[None] = Promise()
    budget = Budget(endless(stop))
    _ = stop.keep()
    odd = Odd(port_of(server), lambda _: None)

    with pytest.raises(ClientClosed):
        _ = dial([ALIVE], odd, budget)

    assert 0 == odd.open


def test_called_off_too_late(server: Loopback) -> None:
    """A connection that is there is the caller's, who notices."""
    stop: Promise[None] = Promise()

    line = dial([ALIVE], Odd(port_of(server), lambda _: None), Budget(endless(stop)))
    _ = stop.keep()

    assert (ALIVE, port_of(server)) == line.getpeername()
    line.close()


def test_interrupted(server: Loopback, black_hole: str) -> None:
    """By Ctrl-C: what is under way is closed."""

    def interrupt(address: str) -> None:
        if address == DEAD:
            odd.made.pop().close()  # its caller never had it
            raise KeyboardInterrupt

    odd = Odd(port_of(server), interrupt)

    with pytest.raises(KeyboardInterrupt):
        _ = dial([black_hole, DEAD], odd, Budget(endless()))

    assert (1, 0) == (len(odd.made), odd.open)


def test_interrupted_with_a_winner(server: Loopback) -> None:
    """Nobody has it: it is closed as well."""
    odd = Odd(port_of(server), lambda _: None)

    def connect() -> None:
        with Attempts(Turns([ALIVE]), odd) as attempts:
            while attempts.winner is None:
                attempts.go_on(Budget(endless()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        connect()

    assert 0 == odd.open


class AtOnce(Turns):
    """Turns that all come at once."""

    @override
    def pause(self, now: float) -> float | None:
        """None, or none any more."""
        return None if super().pause(now) is None else 0.0


def test_two_winners(server: Loopback) -> None:
    """The second is closed."""
    odd = Odd(port_of(server), lambda _: None)

    with Attempts(AtOnce([ALIVE, ALIVE]), odd) as attempts:
        while len(odd.made) < 2 or odd.open > 1:
            attempts.go_on(Budget(endless()))
        assert attempts.winner is not None

    assert (2, 1) == (len(odd.made), odd.open)
    attempts.winner.close()


def refused(_: str) -> socket.socket:
    """Begin in vain."""
    raise OSError(errno.EMFILE, "too many open files")


class Full:
    """Begins with a line that is full; the second time it is drained, so that both are ready at the same moment."""

    def __init__(self) -> None:
        self.pairs: list[tuple[socket.socket, socket.socket]] = []

    def __call__(self, _: str) -> socket.socket:
        """A line."""
        near, far = socket.socketpair()
        near.settimeout(0)
        if self.pairs:
            self._drain(self.pairs[0][1])
        else:
            self._fill(near)
        self.pairs.append((near, far))
        return near

    def _fill(self, line: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while line.send(b"x" * 65536):
                pass

    def _drain(self, line: socket.socket) -> None:
        line.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while line.recv(65536):
                pass

    def close(self) -> None:
        """The end of it."""
        for near, far in self.pairs:
            near.close()
            far.close()


async def test_two_winners_when_awaiting() -> None:
    """Likewise."""
    with contextlib.closing(Full()) as full:
        line = await adial([ALIVE, DEAD], full)

        assert [line.fileno()] == [near.fileno() for near, _ in full.pairs if near.fileno() >= 0]


class Early(AtOnce):
    """Turns that are asked a little too early."""

    early = True

    @override
    def take(self, now: float) -> str | None:
        """None yet, the first time."""
        if self.early:
            self.early = False
            return None
        return super().take(now)


async def test_a_timer_that_is_early(server: Loopback) -> None:
    """It waits again."""
    reached: list[socket.socket] = []

    _ = await compete(Early([ALIVE]), partial(begin, port=port_of(server), local=None, options=None), reached)

    assert 1 == len(reached)
    reached[0].close()


@pytest.mark.parametrize("beside", [(), (DEAD,)], ids=["one address", "two"])
async def test_cancelled_while_connecting(server: Loopback, black_hole: str, beside: tuple[str, ...]) -> None:
    """Nothing stays open."""
    before = descriptors()
    stock = Stock(resolver=at(black_hole, *beside))

    with anyio.move_on_after(0.05) as scope:
        _ = await stock.handle_async_request(asked(named(server)))
    await stock.aclose()

    assert (True, 0) == (scope.cancelled_caught, left_open(before))


def test_a_failure_to_begin() -> None:
    """It counts as that address's; here it is one of this machine's."""
    with pytest.raises(ResourceError, match="too many open files"):
        _ = dial([ALIVE], refused, Budget(endless()))


def test_no_descriptor_is_left(server: Loopback) -> None:
    """Not even to wait with: that is this machine's fault as well."""
    start = partial(begin, port=port_of(server), local=None, options=None)

    with without_descriptors(), pytest.raises(ResourceError):
        _ = dial([ALIVE], start, Budget(endless()))


def test_options_and_a_local_address(world: World, server: Loopback) -> None:
    """They are set before it connects."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    arguments = (ALIVE, port_of(server), 5.0, "127.0.0.9", options)
    connect = AwaitedBackend().connect_tcp if world.awaits else BoundBackend().connect_tcp

    stream = world(connect(*arguments))
    line = stream.get_extra_info("socket")

    assert ("127.0.0.9", 1) == (line.getsockname()[0], line.getsockopt(*options[0][:2]))
    world(stream.aclose() if world.awaits else stream.close())


def test_a_local_address_that_is_not_ours(server: Loopback) -> None:
    """Connecting fails, and the socket is closed."""
    before = descriptors()

    with pytest.raises(httpx.ConnectError):
        _ = dial([ALIVE], partial(begin, port=port_of(server), local="192.0.2.1", options=None), Budget(endless()))

    assert 0 == left_open(before)


def test_a_failure_leaves_no_cycle() -> None:
    """Its error goes when nobody holds it any more."""
    gc.disable()
    try:
        before = known(ResourceError)
        with pytest.raises(ResourceError):
            _ = dial([ALIVE, DEAD], refused, Budget(endless()))
        caught = [each for each in known(ResourceError) if each not in before]
    finally:
        gc.enable()

    assert len(caught) <= 1


def known(kind: type[Exception]) -> list[Exception]:
    """The errors of a class that there are."""
    return [each for each in gc.get_objects() if type(each) is kind]


def test_a_client_that_is_closed_connects_no_more(server: Loopback, black_hole: str) -> None:
    """A thread that waits for a connection is roused."""
    before = descriptors()
    begun = threading.Event()

    def resolve(_host: str, _port: int) -> list[str]:
        begun.set()
        return [black_hole]

    client = Client(base_url=named(server), transport=Stock(resolver=resolve), deadline=None)
    closer = threading.Thread(target=lambda: begun.wait(PATIENCE) and client.close())
    closer.start()
    with pytest.raises(ClientClosed):
        _ = client.get("/")
    closer.join(PATIENCE)

    assert 0 == left_open(before)
