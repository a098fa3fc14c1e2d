"""One transport, many roads: each request takes its own, and closing closes all."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from restkit import AddressGuard, Client, ConfigError, WireTransport
from restkit.flow.forks import forks
from restkit.wire import Stock
from restkit.wire.elsewhere import Elsewhere
from restkit.wire.roads import Roads
from tests.client.worlds import World
from tests.loopback import Loopback


class Mock(httpx.MockTransport):
    """Answers everything, and counts how often it is closed."""

    def __init__(self) -> None:
        super().__init__(lambda request: httpx.Response(200, json=request.url.host))
        self.closed = 0

    def close(self) -> None:
        """Count."""
        self.closed += 1

    async def aclose(self) -> None:
        """Count."""
        self.closed += 1


class Blocking(httpx.BaseTransport):
    """One for blocking clients alone."""


class Awaiting(httpx.AsyncBaseTransport):
    """One for awaiting clients alone."""


def test_each_request_takes_its_road(world: World, server: Loopback) -> None:
    """A mounted transport for one host, the network for the others."""
    client = world.client(mounts={"all://*.test": Mock()})
    answers = [world(client.get(url)).data for url in ("http://api.test/", f"{server.url}/users")]

    assert ["api.test", []] == answers


def test_a_proxy_of_the_environment(world: World, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where it is trusted: the request comes to it with its whole URL."""
    monkeypatch.setenv("HTTP_PROXY", server.url)
    client = world.client(base_url="http://origin.test", trust_env=True)
    _ = world(client.get("/users"))

    assert ["http://origin.test/users"] == [each.target for each in server.received]


def test_no_proxy_of_the_environment(world: World, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """However its host is written there, and here."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "[::ffff:7f00:1]")
    port = httpx.URL(server.url).port
    client = world.client(base_url=f"http://2130706433:{port}", trust_env=True)

    assert [] == world(client.get("/users")).data


def test_a_road_is_built_once(world: World, server: Loopback) -> None:
    """Its pool serves the next call."""
    client = world.client(base_url=server.url, mounts={"all://elsewhere.test": None})
    for _ in range(3):
        _ = world(client.get("/users"))

    assert 1 == server.connections


def test_closing_closes_what_is_mounted(world: World, server: Loopback) -> None:
    """And the pools of each road."""
    mock = Mock()
    client = world.client(mounts={"all://*.test": mock})
    _ = world(client.get(f"{server.url}/users"))
    world.close(client)
    server.wait_until_left()

    assert 1 == mock.closed


def test_closing_leaves_those_of_the_other_world(world: World) -> None:
    """They cannot be closed from here."""
    routed = WireTransport(mounts={"all://a.test": Blocking(), "all://b.test": Awaiting()})

    assert None is world(routed.aclose() if world.awaits else routed.close())


def test_a_mount_of_the_other_world_is_refused(world: World) -> None:
    """When the client is made."""
    other: Any = Blocking() if world.awaits else Awaiting()

    with pytest.raises(ConfigError, match=r"^mounts\[1\] is no httpx"):
        _ = world.client(mounts={"all://": None, "all://a.test": other})


def test_a_mount_of_the_other_world_sends_nothing(world: World) -> None:
    """Where the transport alone is used, that is found when it should send."""
    other: Any = Blocking() if world.awaits else Awaiting()
    routed, request = WireTransport(mounts={"all://": other}), httpx.Request("GET", "http://a.test")

    with pytest.raises(httpx.UnsupportedProtocol, match=r"is no (blocking|awaiting) transport"):
        _ = world(routed.handle_async_request(request) if world.awaits else routed.handle_request(request))


def test_it_knows_whether_there_is_something_to_close(server: Loopback) -> None:
    """A client that was never used may be forgotten."""
    routed = WireTransport()
    before = routed.is_open
    with httpx.Client(transport=routed, trust_env=False) as client:
        _ = client.get(server.url)
        during = routed.is_open

    assert (False, True, False) == (before, during, routed.is_open)


def test_after_a_fork_it_goes_on(server: Loopback) -> None:
    """A lock that somebody held in the parent is nobody's in the child."""
    roads = Elsewhere(Roads(mounts={"all://a.test": None}), lambda _: Stock())
    roads.after_fork()
    response = roads.send(httpx.Request("GET", f"{server.url}/users"))
    _ = response.read()
    roads.close()

    assert (200, True) == (response.status_code, roads in forks)


@pytest.mark.parametrize("settings", [{"proxy": "http://p.test"}, {"mounts": {"all://": Mock()}}])
def test_a_guard_is_refused_beside(settings: Any) -> None:
    """What it cannot see, it cannot vet."""
    with pytest.raises(ConfigError, match=r"^guard is set together"):
        _ = WireTransport(guard=AddressGuard(), **settings)


@pytest.mark.parametrize(
    "settings",
    [{"proxy": "http://p.test"}, {"mounts": {"all://": None}}, {"trust_env": True}, {"http2": True}],
    ids=lambda settings: next(iter(settings)),
)
def test_a_transport_and_a_road_are_refused(settings: Any) -> None:
    """They would mean nothing to it, whether it is the class's or comes with them."""
    said = f"^{next(iter(settings))} is set together with transport"

    class Mocked(Client, transport=Mock()):
        """It has a transport of its own."""

    with pytest.raises(ConfigError, match=said):
        _ = Client(transport=Mock(), **settings)
    with pytest.raises(ConfigError, match=said):
        _ = Mocked(**settings)


def test_a_transport_stands_in_for_what_its_class_would_make() -> None:
    """So an SDK is tested that goes through a proxy."""

    class Proxied(Client, base_url="http://api.test", proxy="http://p.test", trust_env=True):
        """It needs a network."""

    with Proxied(transport=httpx.MockTransport(lambda _: httpx.Response(200, json="hello"))) as client:
        assert "hello" == client.get("/").data


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"proxy": "http://me:hunter2@p.test"}, "Settings(proxy=Proxy('http://p.test:80'))"),
        (
            {"mounts": {"all://a.test": "http://me:hunter2@p.test"}},
            """Settings(mounts={'all://a.test': "Proxy('http://p.test:80')"})""",
        ),
    ],
)
def test_settings_show_no_password(settings: Any, expected: str) -> None:
    """Of a proxy they show its address."""
    assert expected == repr(Client(**settings).settings)


def test_a_class_may_name_its_proxy() -> None:
    """And a call of its constructor another one."""

    class Behind(Client, proxy="http://p.test", mounts={"all://a.test": "socks5://q.test"}):
        """An SDK."""

    found = Behind(proxy="http://other.test").settings

    assert ("Proxy('http://other.test:80')", ["all://a.test"]) == (repr(found.proxy), list(found.mounts or ()))


def test_a_local_address_and_options_of_sockets_hold_on_every_road(world: World, server: Loopback) -> None:
    """Through a proxy as well as straight."""
    option = (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    transport = WireTransport(proxy=server.url, local_address="127.0.0.9", socket_options=[option])
    client = world.client(base_url="http://origin.test", transport=transport)
    with world.open(client.get.stream("/users")) as response:
        line = response.http.extensions["network_stream"].get_extra_info("socket")
        found = line.getsockname()[0], line.getsockopt(*option[:2])

    assert ("127.0.0.9", 1) == found
