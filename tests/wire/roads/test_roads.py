"""The road is chosen by settings, by the most specific mount, and by the environment only if that is wanted."""

from __future__ import annotations

import ssl
import sys
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError
from restkit.wire.roads import Direct, Http2, Mounted, Road, Roads, Through, check_guard, proxy_of

PROXY, OTHER = "http://proxy.test:3128", "socks5://other.test"
MOUNT = httpx.MockTransport(lambda _request: httpx.Response(200))
LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "127.0.0.1.",
]
NAMES = ["localhost", "localhost.", "LOCALHOST", "LocalHost.", "api.localhost"]


def through(proxy: str, *, http2: bool = False) -> Through:
    """The road through a proxy."""
    return Through(proxy_of("proxy", proxy), http2)


def road(url: str, **settings: Any) -> Road:
    """The road to a URL."""
    return Roads(**settings).road_for(httpx.URL(url))


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with a proxy for everything."""
    monkeypatch.setenv("ALL_PROXY", PROXY)
    return monkeypatch


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, Direct(), id="nothing"),
        pytest.param({"uds": "/run/api.sock"}, Direct("/run/api.sock"), id="a Unix socket"),
        pytest.param({"proxy": PROXY}, through(PROXY), id="a proxy"),
        pytest.param({"proxy": httpx.URL(PROXY)}, through(PROXY), id="a URL"),
        pytest.param({"proxy": httpx.Proxy(PROXY)}, through(PROXY), id="httpx's own"),
        pytest.param({"proxy": PROXY, "http2": True}, through(PROXY, http2=True), id="a proxy with HTTP/2"),
        pytest.param({"trust_env": True}, Direct(), id="an environment that says nothing"),
        pytest.param({"http2": True}, None, id="HTTP/2 is for TLS alone"),
        pytest.param({"mounts": {"all://": PROXY}}, None, id="mounts"),
    ],
)
def test_where_there_is_one_road_nothing_is_asked(settings: Any, expected: Road | None) -> None:
    """It is known when the transport is made."""
    assert expected == Roads(**settings).only


def test_the_only_road_is_the_road_for_all() -> None:
    """Whatever the URL."""
    assert through(PROXY) == road("https://any.test", proxy=PROXY)


@pytest.mark.parametrize(("url", "expected"), [("https://api.test", Http2()), ("http://api.test", Direct())])
def test_http2_is_spoken_over_tls(url: str, expected: Road) -> None:
    """Plain HTTP stays what it is."""
    assert expected == road(url, http2=True)


@pytest.mark.parametrize(
    ("pattern", "matching", "not_matching"),
    [
        ("all://", ["http://a.test", "https://b.test:8443"], []),
        ("all://*", ["http://a.test"], []),
        ("https://", ["https://a.test"], ["http://a.test"]),
        ("ALL://A.test.", ["http://a.test", "https://A.TEST."], ["http://b.a.test", "http://aa.test"]),
        ("all://*.a.test", ["http://b.a.test", "http://c.b.a.test"], ["http://a.test", "http://ba.test"]),
        ("all://*a.test", ["http://b.a.test", "http://a.test"], ["http://ba.test"]),
        ("all://a.test:8080", ["http://a.test:8080"], ["http://a.test"]),
        ("http://a.test:80", ["http://a.test"], ["http://a.test:8080", "https://a.test:80"]),
        ("all://:443", ["https://a.test", "http://a.test:443"], ["http://a.test"]),
        ("all://127.1", ["http://127.0.0.1", "http://[::ffff:127.0.0.1]"], ["http://127.0.0.2"]),
        ("all://[::1]:81", ["http://[0:0::1]:81"], ["http://[::1]"]),
        ("all://::1", ["http://[::1]"], []),
        ("all://bücher.test", ["http://xn--bcher-kva.test"], []),
    ],
)
def test_a_pattern_means_what_httpx_means(pattern: str, matching: list[str], not_matching: list[str]) -> None:
    """By scheme, host and port; hosts and ports in one spelling."""
    roads = Roads(mounts={pattern: MOUNT})
    found = [roads.road_for(httpx.URL(url)) for url in (*matching, *not_matching)]

    assert [Mounted(MOUNT)] * len(matching) + [Direct()] * len(not_matching) == found


ORDERED = [
    "http://a.b.test:80",
    "all://a.b.test:80",
    "all://:80",
    "http://a.b.test",
    "all://a.b.test",
    "all://*.b.test",
    "all://*test",
    "http://",
    "all://",
]
"""Patterns that all mean http://a.b.test, the most specific first."""


@given(st.lists(st.sampled_from(ORDERED), min_size=1, unique=True))
def test_the_most_specific_pattern_goes_first(patterns: list[str]) -> None:
    """In whatever order they are written."""
    mounts = {pattern: f"http://proxy{ORDERED.index(pattern)}.test" for pattern in patterns}
    first = min(map(ORDERED.index, patterns))

    assert through(f"http://proxy{first}.test") == road("http://a.b.test", mounts=mounts)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"proxy": OTHER, "mounts": {"all://a.test": None}}, Direct()),
        ({"proxy": OTHER, "mounts": {"all://": PROXY}}, through(PROXY)),
        ({"proxy": OTHER, "mounts": {"all://b.test": MOUNT}}, through(OTHER)),
        ({"http2": True, "mounts": {"all://a.test": None}}, Http2()),
        ({"trust_env": True, "mounts": {"all://": OTHER}}, through(OTHER)),
        ({"trust_env": True, "mounts": {"all://b.test": OTHER}}, through(PROXY)),
        ({"trust_env": True, "proxy": OTHER}, through(OTHER)),
        ({"trust_env": True, "uds": "/run/api.sock"}, Direct("/run/api.sock")),
        ({"trust_env": True, "http2": True}, through(PROXY, http2=True)),
        ({}, Direct()),
    ],
)
@pytest.mark.usefixtures("environ")
def test_what_is_written_goes_before_the_environment(settings: Any, expected: Road) -> None:
    """Mounts first, then `proxy`, then the environment, which is heeded only where it is trusted."""
    assert expected == road("https://a.test", **settings)


@pytest.mark.parametrize(
    ("variables", "http", "https"),
    [
        ({"HTTP_PROXY": PROXY}, through(PROXY), Direct()),
        ({"HTTPS_PROXY": PROXY}, Direct(), through(PROXY)),
        ({"https_proxy": PROXY, "HTTPS_PROXY": OTHER}, Direct(), through(PROXY)),
        ({"ALL_PROXY": PROXY, "https_proxy": OTHER}, through(PROXY), through(OTHER)),
        ({"all_proxy": OTHER}, through(OTHER), through(OTHER)),
        ({"https_proxy": "", "HTTPS_PROXY": PROXY}, Direct(), Direct()),
        ({"HTTP_PROXY": "proxy.test:3128"}, through(PROXY), Direct()),
        ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, Direct(), Direct()),
        ({"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, through(PROXY), Direct()),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "*"}, Direct(), Direct()),
        ({"NO_PROXY": "is:not:read/at all"}, Direct(), Direct()),
    ],
)
def test_the_environment(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], http: Road, https: Road) -> None:
    """Lower case before upper case, ALL_PROXY last; under CGI a stranger writes HTTP_PROXY."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    roads = Roads(trust_env=True)

    assert (http, https) == tuple(roads.road_for(httpx.URL(f"{scheme}://a.test")) for scheme in ("http", "https"))


def test_one_proxy_for_all_is_the_only_road(environ: pytest.MonkeyPatch) -> None:
    """Also where the environment names it; without exceptions there is nothing to look up."""
    environ.setenv("HTTPS_PROXY", PROXY)

    assert through(PROXY) == Roads(trust_env=True).only


def test_the_environment_is_read_when_it_is_made(environ: pytest.MonkeyPatch) -> None:
    """A later change changes nothing."""
    roads = Roads(trust_env=True)
    environ.delenv("ALL_PROXY")

    assert through(PROXY) == roads.road_for(httpx.URL("http://a.test"))


@pytest.mark.parametrize("written", LOOPBACK)
@pytest.mark.parametrize("asked", LOOPBACK)
def test_no_proxy_knows_an_address_in_every_spelling(environ: pytest.MonkeyPatch, written: str, asked: str) -> None:
    """Eight ways to write 127.0.0.1, in the variable and in the URL."""
    environ.setenv("NO_PROXY", f"elsewhere.test, {written}")

    assert Direct() == road(f"http://{asked}:8080/", trust_env=True)


@pytest.mark.parametrize("asked", [*NAMES, *LOOPBACK, "[::1]"])
@pytest.mark.parametrize("written", ["localhost", "LOCALHOST."])
def test_localhost_is_this_machine(environ: pytest.MonkeyPatch, written: str, asked: str) -> None:
    """By name and by address, however they are written (RFC 6761)."""
    environ.setenv("no_proxy", written)

    assert Direct() == road(f"http://{asked}/", trust_env=True)


@pytest.mark.parametrize(
    ("entries", "url", "is_direct"),
    [
        ("a.test", "http://a.test", True),
        ("a.test", "http://b.A.test.", True),
        ("a.test", "http://ba.test", False),
        (".a.test", "http://b.a.test", True),
        (".a.test", "http://a.test", False),
        ("*.a.test", "http://b.a.test", True),
        ("*.a.test", "http://a.test", False),
        ("a.test:8080", "http://a.test:8080", True),
        ("a.test:8080", "http://a.test", False),
        ("a.test:443", "https://a.test", True),
        ("localhost:81", "http://localhost", False),
        ("10.0.0.0/8", "http://10.1.2.3", True),
        ("10.1.2.3/8", "http://10.9.9.9", True),
        ("10.0.0.0/8", "http://[::ffff:10.1.2.3]", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("10.0.0.0/8", "http://ten.test", False),
        ("fd00::/8", "http://[fd12::1]", True),
        ("[fd00::]/8", "http://[fd12::1]", True),
        ("::1", "http://[0::1]", True),
        ("[::1]:81", "http://[::1]:81", True),
        ("[::1]:81", "http://[::1]", False),
        ("10.0.0.1", "http://a.10.0.0.1.test", False),
        ("127.0.0.1", "http://127.0.0.2", False),
        ("http://a.test", "https://a.test", False),
        ("http://a.test", "http://a.test", True),
        ("b.test a.test", "http://a.test", True),
        ("b.test,*", "http://a.test", True),
        ("", "http://a.test", False),
        ("a.test", "http://a_b..test", False),
    ],
)
def test_entries_of_no_proxy(environ: pytest.MonkeyPatch, entries: str, url: str, is_direct: bool) -> None:  # noqa: FBT001 - a column
    """Hosts and those below them, addresses, networks and ports."""
    environ.setenv("NO_PROXY", entries)

    assert is_direct == (road(url, trust_env=True) == Direct())


@pytest.mark.parametrize("entry", ["10.*", "999.0.0.0/8", "a b..c", "a.test:0", "a.test:http", "ftp://a.test", "-é-.x"])
def test_an_entry_that_means_nothing_is_refused(environ: pytest.MonkeyPatch, entry: str) -> None:
    """To ignore it would send to the proxy what was to be kept from it."""
    environ.setenv("NO_PROXY", entry)

    with pytest.raises(ConfigError, match=r"NO_PROXY\[[01]\]"):
        _ = Roads(trust_env=True)


SECRET = "hunter2"  # noqa: S105 - which no error may show


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        pytest.param({"proxy": 3128}, "proxy", id="a number"),
        pytest.param({"proxy": f"me:{SECRET}@proxy.test"}, "proxy", id="no scheme"),
        pytest.param({"proxy": f"ftp://me:{SECRET}@proxy.test"}, "proxy", id="another scheme"),
        pytest.param({"proxy": f"http://me:{SECRET}@proxy.test:x"}, "proxy", id="no port"),
        pytest.param({"proxy": f"http://me:{SECRET}@"}, "proxy", id="no host"),
        pytest.param({"proxy": f"http://me:{SECRET}%0d%0a@proxy.test"}, "proxy", id="a line break"),
        pytest.param({"proxy": f"http://me%3ayou:{SECRET}@proxy.test"}, "proxy", id="a colon"),
        pytest.param({"proxy": f"socks5://:{SECRET}@proxy.test"}, "proxy", id="SOCKS without a user"),
        pytest.param({"proxy": f"socks5://me:{SECRET * 50}@proxy.test"}, "proxy", id="SOCKS, too long"),
        pytest.param(
            {"proxy": httpx.Proxy("http://p.test", ssl_context=ssl.create_default_context())},
            "proxy",
            id="TLS for none",
        ),
        pytest.param({"proxy": httpx.Proxy("http://p.test", headers={"X Y": SECRET})}, "proxy", id="no header name"),
        pytest.param({"proxy": httpx.Proxy("http://p.test", headers={"X": f"{SECRET}\r\nY: 1"})}, "proxy", id="lines"),
        pytest.param({"mounts": [PROXY]}, "mounts", id="no mapping"),
        pytest.param({"mounts": {1: None}}, "mounts[0]", id="no text"),
        pytest.param({"mounts": {"all://": None, "a.test": None}}, "mounts[1]", id="no scheme of a pattern"),
        pytest.param({"mounts": {"ftp://": None}}, "mounts[0]", id="another scheme of a pattern"),
        pytest.param({"mounts": {f"all://me:{SECRET}@a.test": None}}, "mounts[0]", id="user info in a pattern"),
        pytest.param({"mounts": {"all://a..test": None}}, "mounts[0]", id="no host of a pattern"),
        pytest.param({"mounts": {"all://a.test:70000": None}}, "mounts[0]", id="no port of a pattern"),
        pytest.param({"mounts": {"all://": f"me:{SECRET}@a"}}, "mounts[0]", id="no proxy of a pattern"),
        pytest.param({"http2": 1}, "http2", id="no switch"),
        pytest.param({"uds": ""}, "uds", id="no path"),
        pytest.param({"uds": "/run/api.sock", "proxy": PROXY}, "uds", id="a socket and a proxy"),
        pytest.param({"uds": "/run/api.sock", "http2": True}, "uds", id="a socket and HTTP/2"),
    ],
)
def test_what_is_wrong_is_refused(settings: Any, field: str) -> None:
    """By the setting's name, without a secret in it."""
    with pytest.raises(ConfigError) as caught:
        _ = Roads(**settings)

    assert (field, False) == (caught.value.field, SECRET in str(caught.value))


def test_a_variable_that_is_wrong_is_named(environ: pytest.MonkeyPatch) -> None:
    """As it is written there."""
    environ.setenv("HTTPS_PROXY", f"gopher://me:{SECRET}@proxy.test")

    with pytest.raises(ConfigError, match=r"^HTTPS_PROXY has a scheme") as caught:
        _ = Roads(trust_env=True)
    assert SECRET not in str(caught.value)


def test_http2_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "h2", None)

    with pytest.raises(ConfigError, match=r"restkit-httpx\[http2\]"):
        _ = Roads(http2=True)


@pytest.mark.parametrize(
    ("settings", "elsewhere"),
    [
        ({}, False),
        ({"mounts": {"all://": None}}, False),
        ({"mounts": {"all://": MOUNT}}, True),
        ({"mounts": {"all://": PROXY}}, True),
        ({"proxy": PROXY}, True),
        ({"trust_env": True}, True),
    ],
)
@pytest.mark.usefixtures("environ")
def test_who_can_see_the_addresses(settings: Any, elsewhere: bool) -> None:  # noqa: FBT001 - a column
    """Behind a proxy nobody does but the proxy."""
    assert elsewhere == Roads(**settings).leads_elsewhere


def test_a_guard_is_refused_where_it_is_blind() -> None:
    """Rather than vetting the proxy's own address, which would look like protection."""
    with pytest.raises(ConfigError, match=r"^guard is set together with a proxy"):
        check_guard(object(), elsewhere=True)


@pytest.mark.parametrize(
    "given",
    [
        f"http://me:{SECRET}@proxy.test:3128",
        httpx.Proxy("http://proxy.test:3128", auth=("me", SECRET)),
        httpx.Proxy("http://proxy.test:3128", headers={"Proxy-Authorization": SECRET}),
    ],
)
def test_a_proxy_is_shown_without_its_secrets(given: str | httpx.Proxy) -> None:
    """Its address is enough."""
    assert "Through(proxy=Proxy('http://proxy.test:3128'), http2=False)" == repr(Roads(given).only)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://PROXY.test.", "http://proxy.test:80"),
        ("https://proxy.test", "https://proxy.test:443"),
        ("socks5h://[::1]", "socks5h://[::1]:1080"),
        ("http://127.1:3128/", "http://127.0.0.1:3128"),
    ],
)
def test_a_proxy_has_one_spelling(given: str, expected: str) -> None:
    """Host in one, port written out."""
    assert expected == proxy_of("proxy", given).url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://proxy.test", ()),
        ("http://me:p%40ss@proxy.test", ((b"Proxy-Authorization", b"Basic bWU6cEBzcw=="),)),
        (
            httpx.Proxy("http://proxy.test", auth=("me", "p@ss"), headers={"X": "y"}),
            ((b"Proxy-Authorization", b"Basic bWU6cEBzcw=="), (b"X", b"y")),
        ),
        (
            httpx.Proxy("http://proxy.test", auth=("me", "you"), headers={"proxy-authorization": "Bearer t"}),
            ((b"proxy-authorization", b"Bearer t"),),
        ),
    ],
)
def test_what_a_proxy_is_told(given: str | httpx.Proxy, expected: tuple[tuple[bytes, bytes], ...]) -> None:
    """Its headers, and its credentials as Basic (RFC 7617), unless a header brings others."""
    assert expected == proxy_of("proxy", given).fields
