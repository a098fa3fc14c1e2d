"""One spelling for each host, and base URLs that say where they lead."""

from __future__ import annotations

import ipaddress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import Client, ConfigError, InputError
from restkit.url import base_url, normal_host, origin
from tests.client.worlds import World
from tests.loopback import Loopback

LOOPBACK = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f.1",
    "0X7F.0.0.1",
    "0x7f000001",
    "0177.0.0.01",
    "017700000001",
    "[::ffff:127.0.0.1]",
    "::ffff:7f00:1",
    "[0:0:0:0:0:FFFF:7F00:0001]",
    "\uff11\uff12\uff17\u3002\uff11",
]
SPELLINGS: list[Any] = [
    *[(host, "127.0.0.1") for host in LOOPBACK],
    ("localhost.", "localhost"),
    ("LOCALHOST", "localhost"),
    ("Api.Example.COM", "api.example.com"),
    ("my_service", "my_service"),
    ("1", "0.0.0.1"),
    ("1.0x", "1.0.0.0"),
    ("1.2.3", "1.2.0.3"),
    ("255.16777215", "255.255.255.255"),
    ("1e1", "1e1"),
    ("0xg", "0xg"),
    ("1.a", "1.a"),
    ("[::1]", "::1"),
    ("2001:DB8:0:0::1", "2001:db8::1"),
    ("[fe80::1%eth0]", "fe80::1%eth0"),
    ("stra\u00dfe.de", "xn--strae-oqa.de"),
    ("B\u00dcCHER.example", "xn--bcher-kva.example"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("\u4f8b\u3048\u3002\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"),
    ("\uff21\uff30\uff29.test", "api.test"),
    ("xn--pple-43d.com", "xn--pple-43d.com"),
]


@pytest.mark.parametrize(("host", "normal"), SPELLINGS)
def test_a_host_has_one_spelling(host: str, normal: str) -> None:
    """Addresses as they are usually written, names in lower case and xn-- labels."""
    assert normal == normal_host(host)


NO_HOSTS: list[Any] = [
    *[(host, "ends in a number") for host in ("1.2.3.4.5", "256.1", "1.2.3.256", "4294967296", "08", "a.1")],
    *[
        (host, "has colons or brackets")
        for host in ("[::1", "::1]", "[v1.x]", "[]", "a:b", ":::", "[::1%a b]", "[::1%]")
    ],
    *[(host, "has a label that is") for host in ("", ".", "a..b", ".a", "a b", "a%2e", "a/b", "a@b", "a" * 64, "\x7f")],
    *[(host, "has a label that IDNA") for host in ("\u2603.net", "xn--a", "xn--n3h.net", "\ud800", "\u0300a", "xn--")],
    *[
        (host, f"has a label that mixes Latin and {script} letters")
        for host, script in (
            ("\u0430pple.com", "Cyrillic"),
            ("www.p\u0430yp\u0430l.com", "Cyrillic"),
            ("\u03b1pple.com", "Greek"),
            ("\u0578ffice.com", "Armenian"),
            ("\u0561\u0430a.com", "Armenian and Cyrillic"),
            ("\uab70a.com", "Cherokee"),
        )
    ],
    ("a." * 130, "has more than 253 characters"),
    ("\u00fc" * 10**6, "has more than 253 characters"),
]


@pytest.mark.parametrize(("host", "reason"), NO_HOSTS, ids=lambda value: ascii(value)[:30])
def test_what_is_no_host_is_refused(host: str, reason: str) -> None:
    """With the reason; a name that looks like another one only in its xn-- form."""
    with pytest.raises(InputError) as caught:
        _ = normal_host(host)

    assert ("host", reason) == (caught.value.field, caught.value.reason[: len(reason)])


HOSTS = st.one_of(
    st.text(max_size=12),
    st.text("0123456789abcdefx.:[]", max_size=16),
    st.ip_addresses().map(str),
    st.from_regex(r"(0x?)?[0-9a-f]{1,9}(\.(0x?)?[0-9a-f]{1,9}){0,4}", fullmatch=True),
)


@given(HOSTS)
def test_the_one_spelling_is_its_own(host: str) -> None:
    """Spelt once, a host stays as it is; or it is refused, and never in another way."""
    try:
        once = normal_host(host)
    except InputError:
        return

    assert once == normal_host(once)


@given(st.ip_addresses(v=4), st.data())
def test_every_spelling_of_an_address_is_that_address(address: ipaddress.IPv4Address, data: st.DataObject) -> None:
    """Each byte in any radix, the last ones together."""
    count = data.draw(st.integers(1, 4))
    whole = int(address)
    parts = [whole >> 8 * (3 - place) & 255 for place in range(count - 1)]
    parts.append(whole & (1 << 8 * (5 - count)) - 1)
    forms = [data.draw(st.sampled_from(["{:d}", "0{:o}", "0x{:x}", "0X{:X}"])).format(part) for part in parts]

    assert str(address) == normal_host(".".join(forms))


WRONG: list[Any] = [
    *[
        (url, "has no http or https scheme")
        for url in ("api.test", "ftp://a.test", "http:a.test", " http://a.test", "")
    ],
    *[(url, "has no host") for url in ("http://", "http:///x", "https://:80", "http://?")],
    *[(url, "holds a user name or password") for url in ("http://a@b@c", "http://me:secret@a.test", "http://secret@b")],
    *[(url, "has a query or a fragment") for url in ("http://a.test?x=1", "http://a.test/?", "http://a.test#secret")],
    *[
        (f"http://a.test:{port}", "has no port of 1 to 65535")
        for port in ("0", "-1", "65536", "99999", "x", "secret", "8_0", "+80", "\uff18\uff10", "1" * 5000)
    ],
    *[
        (url, "has a space, a back-slash or a control character in its host")
        for url in ("http://a.test\\x", "http://a b", "http://a\0.test", "http://a.test\n", "http://a\t")
    ],
    ("http://a.test/a\\b", "has a back-slash"),
    ("http://a.test/a b", "has a space in its path"),
    ("http://a.test/a\r\nb", "has a control character"),
    ("http://a.test/v1/..", "has a dot segment"),
    ("http://a.test/%2E/v1", "has a dot segment"),
    ("http://a.test/%", "has a % that escapes nothing"),
    ("http://a.test/\ud800", "holds a lone surrogate"),
    ("http://127.0.0.256", "ends in a number"),
    ("http://[::1", "has colons or brackets"),
    ("http://[::1]a", "has colons or brackets"),
    ("http://\u0430pple.com", "has a label that mixes Latin and Cyrillic"),
    ("http://\u2603.net", "has a label that IDNA 2008"),
    (b"http://a.test", "is of type bytes"),
    (httpx.URL("http://me:secret@a.test"), "holds a user name or password"),
    (httpx.URL("/relative"), "has no http or https scheme"),
]


@pytest.mark.parametrize(("url", "reason"), WRONG, ids=lambda value: ascii(value)[:40])
def test_a_base_url_that_leads_nowhere_is_refused(world: World, url: Any, reason: str) -> None:
    """When the client is made, with a remedy, and without showing what may be a secret."""
    with pytest.raises(ConfigError) as caught:
        _ = world.client(base_url=url)

    error = caught.value
    assert ("base_url", reason, True, False) == (
        error.field,
        error.reason[: len(reason)],
        bool(error.remedy),
        "secret" in str(error),
    )


SPELT: list[Any] = [
    ("https://api.test/v1", "https://api.test/v1"),
    ("HTTPS://API.Test.:443/V1/", "https://api.test/V1/"),
    ("http://a.test:", "http://a.test"),
    ("http://a.test:080", "http://a.test"),
    ("http://[::1]:81", "http://[::1]:81"),
    ("http://b\u00fccher.test/\u00e9", "http://xn--bcher-kva.test/%C3%A9"),
    *[(f"http://{host}:8000", "http://127.0.0.1:8000") for host in LOOPBACK if "::" not in host or host[0] == "["],
]


@pytest.mark.parametrize(("url", "spelt"), SPELT)
def test_a_base_url_has_one_spelling(url: str, spelt: str) -> None:
    """Of scheme, host and port; its path stays as it is."""
    assert spelt == str(base_url(url))


def test_a_base_url_is_taken_as_text_or_url() -> None:
    """Both mean the same."""
    assert base_url("https://a.test/v1") == base_url(httpx.URL("https://a.test/v1"))


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_every_spelling_leads_to_the_same_server(world: World, server: Loopback, host: str) -> None:
    """As a base, and as an absolute URL of the same origin; the server is always called the same."""
    port = server.url.rpartition(":")[2]
    client = world.client(base_url=f"http://{host}:{port}")

    _ = world(client.get("/echo/1"))
    _ = world(client.get(f"http://{host}:{port}/echo/2"))
    _ = world(client.get(f"//127.0.0.1:{port}/echo/3"))

    assert [(f"/echo/{number}", f"127.0.0.1:{port}") for number in (1, 2, 3)] == [
        (each.target, each.headers["host"]) for each in server.received
    ]


def test_hosts_are_compared_in_one_spelling() -> None:
    """By whoever asks whether two URLs have the same origin."""
    urls = [f"http://{host}:81/x" for host in ("127.1", "127.0.0.1", "[::ffff:7f00:1]", "0x7f000001")]

    assert {("http", "127.0.0.1", 81)} == {origin(httpx.URL(url)) for url in urls}


def test_a_name_in_its_xn_form_keeps_its_origin() -> None:
    """Also one that could not be written in letters."""
    client = Client(base_url="https://xn--pple-43d.com", transport=httpx.MockTransport(lambda _: httpx.Response(200)))

    answer = client.get("https://xn--pple-43d.com/x")

    assert "https://xn--pple-43d.com/x" == str(answer.url)


def test_an_origin_needs_a_host() -> None:
    """A URL whose host is none has none."""
    with pytest.raises(InputError, match="host ends in a number"):
        _ = origin(httpx.URL("http://1.2.3.4.5/"))
