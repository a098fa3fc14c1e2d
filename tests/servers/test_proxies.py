"""Calls through a real proxy: plain, by CONNECT, by SOCKS, with a password, over TLS."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator

import httpx
import pytest

from restkit import ProxyAuthError, ProxyError
from restkit.wire.facts import KEY
from tests.client.worlds import World, portal, world
from tests.loopback import Loopback
from tests.servers.served import Served
from tests.wire.conftest import CERTIFICATE

pytestmark = pytest.mark.server
__all__ = ["portal", "world"]


@pytest.fixture
def server() -> Iterator[Loopback]:
    """An origin."""
    with Loopback() as running:
        yield running


@pytest.fixture
def secure() -> Iterator[Loopback]:
    """An origin over TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    with Loopback(context) as running:
        yield running


@pytest.fixture
def trust() -> ssl.SSLContext:
    """What knows the certificate of that origin."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def proxies(served: Served) -> dict[str, str | httpx.Proxy]:
    """Each way to speak with the proxy."""
    running = served("pproxy")
    port = httpx.URL(running.address).port
    authority = ssl.create_default_context(cafile=str(running.log.parent / "client.pem"))
    return {
        "http": f"http://127.0.0.1:{port}",
        "socks": f"socks5://127.0.0.1:{port}",
        "http with password": f"http://user:secret@127.0.0.2:{port}",
        "socks with password": f"socks5://user:secret@127.0.0.2:{port}",
        "https": httpx.Proxy(f"https://user:secret@127.0.0.3:{port}", ssl_context=authority),
        "http with a wrong password": f"http://user:wrong@127.0.0.2:{port}",
        "socks with a wrong password": f"socks5://user:wrong@127.0.0.2:{port}",
        "http without password": f"http://127.0.0.2:{port}",
        "socks without password": f"socks5://127.0.0.2:{port}",
    }


WAYS = ["http", "socks", "http with password", "socks with password", "https"]
REFUSED = {
    "http with a wrong password": ProxyAuthError,
    "socks with a wrong password": ProxyAuthError,
    "http without password": ProxyAuthError,
    "socks without password": ProxyError,  # this one hangs up, and does not say why
}


@pytest.mark.parametrize("way", WAYS)
def test_a_request_arrives(world: World, server: Loopback, proxies: dict[str, str | httpx.Proxy], way: str) -> None:
    """By the proxy, whole, and without what only the proxy was told."""
    client = world.client(base_url=server.url, proxy=proxies[way])
    _ = world(client.post("/users", json={"name": "Ada"}))

    (arrived,) = server.received
    assert (b'{"name":"Ada"}', None) == (arrived.body, arrived.headers.get("proxy-authorization"))


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_request_arrives(
    world: World,
    secure: Loopback,
    trust: ssl.SSLContext,
    proxies: dict[str, str | httpx.Proxy],
    way: str,
) -> None:
    """In a tunnel, over one connection for both calls."""
    client = world.client(base_url=secure.url, proxy=proxies[way], verify=trust)
    answers = [world(client.get("/users")) for _ in range(2)]

    port = proxies[way].url.port if isinstance(way_of := proxies[way], httpx.Proxy) else httpx.URL(way_of).port
    facts = [answer.http.extensions[KEY] for answer in answers]
    assert [(False, port), (True, port)] == [(each.reused, each.remote[1]) for each in facts]
    assert {None} == {each.headers.get("proxy-authorization") for each in secure.received}


@pytest.mark.parametrize("way", WAYS)
def test_a_large_answer_comes_whole(
    world: World, secure: Loopback, trust: ssl.SSLContext, proxies: dict[str, str | httpx.Proxy], way: str
) -> None:
    """And so does a large request."""
    client = world.client(base_url=secure.url, proxy=proxies[way], verify=trust)
    body = json.dumps("x" * 1_000_000).encode()

    assert body == json.loads(world(client.post("/echo", content=body)).http.content)["body"].encode()


@pytest.mark.parametrize("way", REFUSED)
@pytest.mark.parametrize("origin", ["http", "https"])
def test_the_wrong_password_is_the_error_of_its_name(
    world: World, proxies: dict[str, str | httpx.Proxy], way: str, origin: str
) -> None:
    """Whatever the origin; the password is not shown."""
    client = world.client(base_url=f"{origin}://127.0.0.1:9", proxy=proxies[way])
    with pytest.raises(ProxyError) as caught:
        _ = world(client.get("/"))

    assert (REFUSED[way], False) == (type(caught.value), "wrong@" in repr(caught.value))


@pytest.mark.parametrize("way", REFUSED)
def test_healthy_after_refusals(
    world: World, server: Loopback, proxies: dict[str, str | httpx.Proxy], way: str
) -> None:
    """Twenty refusals use nothing up: the next twenty calls by another road are answered."""
    mounts = {"all://127.0.0.1": proxies[way], f"all://127.0.0.1:{httpx.URL(server.url).port}": proxies["http"]}
    client = world.client(mounts=mounts, limits=httpx.Limits(max_connections=2), retry=False)
    for _ in range(20):
        with pytest.raises(ProxyError):
            _ = world(client.get("https://127.0.0.1:9/"))

    assert [200] * 20 == [world(client.get(f"{server.url}/users")).status_code for _ in range(20)]
