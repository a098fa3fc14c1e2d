"""Which addresses may be called."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AddressGuard, AddressRefused, ConfigError, InputError
from restkit.wire import Stock
from restkit.wire.awaited_backend import AwaitedBackend
from restkit.wire.backend import BoundBackend
from restkit.wire.guard import SPECIAL, embedded
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.wire.conftest import Wire, asked, at

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
EMBEDDED = {
    "mapped": "::ffff:{0}",
    "compatible": "::{0}",
    "translated": "::ffff:0:{0}",
    "NAT64": "64:ff9b::{0}",
}
REFUSED = {
    "0.0.0.0": "unspecified",  # noqa: S104 - refused
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "fd00:ec2::254": "private",
    "fec0::1": "private",
    "64:ff9b:1::1": "private",
    "100.100.100.200": "shared",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "168.63.129.16": "a cloud's own",
    "192.0.0.192": "reserved",
    "198.19.255.255": "reserved",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "100::1": "reserved",
    "2001:10::1": "reserved",
    "5f00::1": "reserved",
    "4000::1": "reserved",
    "::ffff:169.254.169.254": "link-local",
    "::ffff:7f00:1": "loopback",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "link-local",
    "2001:0:a00:1::f7f7:f7f7": "private",
    "2001:0:808:808::f5ff:fffe": "private",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_what_may_be_called(address: str) -> None:
    """The public internet."""
    assert AddressGuard().reason(address) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_what_may_not_be_called(address: str, reason: str) -> None:
    """With the reason."""
    assert reason == AddressGuard().reason(address)


@pytest.mark.parametrize("form", EMBEDDED.values(), ids=EMBEDDED)
@given(address=st.ip_addresses(v=4).filter(lambda each: int(each) > 1))
def test_an_embedded_address_is_vetted_as_itself(form: str, address: ipaddress.IPv4Address) -> None:
    """An IPv6 address that stands for it is no way around."""
    guard, outer = AddressGuard(), form.format(address)

    assert embedded(ipaddress.ip_address(outer)) == (address,)
    assert (guard.reason(str(address)) is None) == (guard.reason(outer) is None)


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_refused(address: ipaddress.IPv4Address) -> None:
    """So is what it calls not global."""
    reason = AddressGuard().reason(str(address))

    assert reason is not None or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_that_may_be_called_is_global(address: ipaddress.IPv6Address) -> None:
    """By itself, or by what it stands for."""
    inner = embedded(address) or (address,)

    assert AddressGuard().reason(str(address)) is not None or all(each.is_global for each in inner)


def test_a_network_that_is_allowed() -> None:
    """That network, by itself and embedded, and no other."""
    guard = AddressGuard(allow=["10.1.0.0/16", "fd00::/8"])

    assert (None, None, None) == tuple(map(guard.reason, ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1"]))
    assert ("private", "private") == tuple(map(guard.reason, ["10.2.0.1", "::ffff:10.2.0.1"]))


def test_an_embedding_that_is_allowed() -> None:
    """Whatever it stands for, unless that is denied."""
    guard = AddressGuard(allow=["64:ff9b::/96"], deny=["10.0.0.0/8"])

    assert (None, "denied") == (guard.reason("64:ff9b::192.168.0.1"), guard.reason("64:ff9b::10.0.0.1"))


def test_a_network_that_is_denied() -> None:
    """It goes before one that is allowed, and before what is public."""
    guard = AddressGuard(allow=["10.0.0.0/8"], deny=[ipaddress.ip_network("10.1.0.0/16"), "8.8.8.0/24"])

    assert ["denied", "denied", None] == [guard.reason(each) for each in ("10.1.0.1", "::ffff:8.8.8.8", "10.2.0.1")]


def test_one_refused_address_is_enough() -> None:
    """A host that has another one besides is not to be trusted with it."""
    with pytest.raises(AddressRefused, match=r"api\.test leads to 10\.0\.0\.1, which is private"):
        AddressGuard().check("api.test", ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("wrong", ["10.0.0.0/8", ["10.0.0.1/8"], ["api.test"], [None], 7])
def test_a_network_that_is_none(wrong: Any) -> None:
    """It is refused when the guard is made."""
    with pytest.raises(ConfigError):
        _ = AddressGuard(allow=wrong)


@pytest.mark.parametrize("wrong", ["api.test", "", "10.0.0", "127.0.0.1:80"])
def test_an_address_that_is_none(wrong: str) -> None:
    """A name is for a resolver."""
    with pytest.raises(InputError, match="address is none"):
        _ = AddressGuard().reason(wrong)


def test_no_special_network_is_named_twice() -> None:
    """Each has one reason."""
    members = [each for found in SPECIAL.values() for each in found]

    assert len(members) == len(set(members))


@pytest.mark.parametrize("wrong", ["guard", "resolver"])
def test_a_wrong_setting_is_refused(wrong: str) -> None:
    """When the transport is made."""
    with pytest.raises(ConfigError, match=wrong):
        _ = Stock(**{wrong: "on"})  # type: ignore[arg-type] # wrong on purpose


def test_an_asynchronous_resolver_is_refused() -> None:
    """It is called in a thread."""

    async def resolve(_host: str, _port: int) -> list[str]:
        """Nothing."""
        return []

    with pytest.raises(ConfigError, match="resolver is no plain function"):
        _ = Stock(resolver=resolve)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "localhost"])
def test_a_server_of_this_machine(wire: Wire, server: Loopback, host: str) -> None:
    """However it is written: no connection is opened."""
    stock = wire.stock(guard=AddressGuard())
    port = httpx.URL(server.url).port

    with pytest.raises(AddressRefused):
        _ = wire.send(stock, asked(f"http://{host}:{port}/echo"))

    assert 0 == server.connections


def test_a_server_that_is_allowed(wire: Wire, server: Loopback) -> None:
    """It answers."""
    stock = wire.stock(guard=AddressGuard(allow=["127.0.0.0/8"]))

    assert 200 == wire.whole(stock, asked(f"{server.url}/echo")).status_code


def test_a_name_that_changes_its_address(wire: Wire, server: Loopback) -> None:
    """It was looked up once, and what was vetted is what is called; the next connection is vetted anew."""
    answers: Iterator[list[str]] = iter([["127.0.0.1"], ["127.0.0.2"]])
    stock = wire.stock(guard=AddressGuard(allow=["127.0.0.1/32"]), resolver=lambda _host, _port: next(answers))
    url = f"http://api.test:{httpx.URL(server.url).port}"

    found = [wire.whole(stock, asked(f"{url}/echo")).status_code for _ in range(2)]
    with pytest.raises(httpx.RemoteProtocolError):
        _ = wire.send(stock, asked(f"{url}/hang-up"))
    with pytest.raises(AddressRefused):
        _ = wire.send(stock, asked(f"{url}/echo"))

    assert ([200, 200], 1) == (found, server.connections)


def test_tls_keeps_the_name(wire: Wire, secure: Loopback, trust: ssl.SSLContext) -> None:
    """The certificate is that of the host, not of the address: here it has only the address's."""
    stock = wire.stock(verify=trust, guard=AddressGuard(allow=["127.0.0.1"]), resolver=at("127.0.0.1"))
    port = httpx.URL(secure.url).port

    assert 200 == wire.whole(stock, asked(f"https://127.0.0.1:{port}/echo")).status_code
    with pytest.raises(httpx.ConnectError, match=r"not valid for|mismatch"):
        _ = wire.send(stock, asked(f"https://api.test:{port}/echo"))


@pytest.mark.parametrize("scheme", ["ws", "file", "gopher"])
def test_a_scheme_that_is_not_of_http(wire: Wire, server: Loopback, scheme: str) -> None:
    """Refused with a guard, also those that httpcore speaks."""
    stock = wire.stock(guard=AddressGuard(allow=["127.0.0.1"]))

    with pytest.raises(httpx.UnsupportedProtocol):
        _ = wire.send(stock, asked(server.url.replace("http", scheme)))

    assert 0 == server.connections


def test_a_client_is_refused(world: World, server: Loopback) -> None:
    """By the error's own name, with the facts of the call."""
    client = world.client(base_url=server.url, transport=Stock(guard=AddressGuard()))

    with pytest.raises(AddressRefused) as caught:
        world(client.get("/echo"))

    assert ("GET", f"{server.url}/echo") == (caught.value.method, caught.value.url)


def connect(world: World, path: Path, guard: AddressGuard | None = None) -> Any:
    """A stream to a Unix socket."""
    if world.awaits:
        return world(AwaitedBackend(guard=guard).connect_unix_socket(str(path)))
    return BoundBackend(guard=guard).connect_unix_socket(str(path))


def test_unix_sockets_are_refused(world: World, tmp_path: Path) -> None:
    """What listens there is of this machine."""
    with pytest.raises(AddressRefused, match="Unix"):
        connect(world, tmp_path / "socket", AddressGuard())


def test_unix_sockets_without_a_guard(world: World, tmp_path: Path) -> None:
    """They can be connected to."""
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(1)
        stream = connect(world, path)

        assert str(path) == stream.get_extra_info("server_addr")
        world(stream.aclose() if world.awaits else stream.close())


def test_unix_sockets_where_nobody_listens(world: World, tmp_path: Path) -> None:
    """As with any other."""
    with pytest.raises(httpx.ConnectError, match="No such file"):
        connect(world, tmp_path / "socket")
