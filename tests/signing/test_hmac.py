"""HMAC signatures as APIs describe them: by the RFCs' vectors, and as a server sees them over a socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import pickle
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, EnvVar, InputError, RetryPolicy
from restkit.auth import HMAC
from restkit.redaction import is_sensitive
from restkit.testing import VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback, Received
from tests.signing.clocks import Minutes
from tests.signing.receiving import as_received

SECRET = "a shared secret"  # noqa: S105 - it guards nothing
MOMENT = 1_440_938_160.5
HERE = "https://a.test/x?b=2&a=1"


def signed(request: httpx.Request, secret: Any = SECRET, **settings: Any) -> httpx.Request:
    """A request as a bare httpx client would send it."""
    settings = {"template": "{method}", "headers": {"X-Signature": "{signature}"}, **settings}
    scheme = HMAC(secret, clock=VirtualClock(wall=MOMENT), **settings)
    return next(scheme.sync_auth_flow(request))


VECTORS = {
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "sha512": (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    ),
}
"""RFC 2202 and RFC 4231, in both the second case."""


@pytest.mark.parametrize(("algorithm", "signature"), VECTORS.items())
def test_a_text_has_the_signature_of_the_rfc(algorithm: str, signature: str) -> None:
    """By each hash."""
    request = signed(httpx.Request("GET", HERE), "Jefe", template="what do ya want for nothing?", hash=algorithm)

    assert signature == request.headers["x-signature"]


@frozen
class Shape:
    """One way an API asks for signatures, and how it makes the same one."""

    settings: dict[str, Any]
    expected: Callable[[Received], str]
    claimed: Callable[[Received], str]


def by(text: str | bytes, algorithm: str = "sha256") -> bytes:
    """The signature of a text."""
    return hmac.new(SECRET.encode(), text.encode() if isinstance(text, str) else text, algorithm).digest()


def of_headers(received: Received) -> str:
    """Moment, method, target and body, in a row."""
    head = received.headers["x-timestamp"] + received.method + received.target
    return by(head.encode() + received.body).hex()


def of_query(received: Received) -> str:
    """The whole query, but for the signature at its end."""
    return by(received.target.partition("?")[2].rpartition("&signature=")[0]).hex()


def of_lines(received: Received) -> str:
    """A line for each part."""
    _, nonce, _ = received.headers["authorization"].removeprefix("HMAC ").split(":")
    digest = base64.b64encode(hashlib.sha512(received.body).digest()).decode()
    path, _, query = received.target.partition("?")
    host, kind = received.headers["host"], received.headers["content-type"]
    ordered = "&".join(sorted(query.split("&")))
    text = f"{received.method}\n{host}\n{path}\n{ordered}\n{kind}\n{nonce}\n{digest}"
    return base64.b64encode(by(text, "sha512")).decode()


SHAPES = {
    "headers": Shape(
        {
            "template": "{timestamp}{method}{target}{body}",
            "headers": {"X-Key": "{key_id}", "X-Timestamp": "{timestamp}", "X-Signature": "{signature}"},
            "key_id": "a-key",
        },
        of_headers,
        lambda received: received.headers["x-signature"],
    ),
    "query": Shape(
        {
            "template": "{query}",
            "params": {"signature": "{signature}", "timestamp": "{timestamp}"},
            "time": "milliseconds",
        },
        of_query,
        lambda received: dict(parse_qsl(received.target.partition("?")[2]))["signature"],
    ),
    "lines": Shape(
        {
            "template": "{method}\n{host}\n{path}\n{sorted_query}\n{header.content-type}\n{nonce}\n{body_hash}",
            "headers": {"Authorization": "HMAC {key_id}:{nonce}:{signature}"},
            "key_id": "a-key",
            "hash": "sha512",
            "encoding": "base64",
        },
        of_lines,
        lambda received: received.headers["authorization"].rpartition(":")[2],
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_server_accepts_what_it_receives(world: World, server: Loopback, shape: Shape) -> None:
    """Over a socket, from a client in each world."""
    client = world.client(base_url=f"{server.url}/echo", auth=HMAC(SECRET, **shape.settings))

    world(client.post("/a b/c", params={"q": "é +/", "a": "1"}, json={"n": 1}))

    received = server.received[0]
    assert shape.expected(received) == shape.claimed(received)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_bare_client_signs_too(server: Loopback, shape: Shape) -> None:
    """One of httpx's own, blocking and awaiting."""
    scheme = HMAC(SECRET, **shape.settings)

    async def awaiting() -> None:
        """The same, awaiting."""
        async with httpx.AsyncClient(auth=scheme) as client:
            _ = await client.post(f"{server.url}/echo/x", params={"q": "a b"}, json=1)

    with httpx.Client(auth=scheme) as client:
        _ = client.post(f"{server.url}/echo/x", params={"q": "a b"}, json=1)
    asyncio.run(awaiting())

    assert [shape.expected(each) for each in server.received] == [shape.claimed(each) for each in server.received]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary(), st.sampled_from(list(SHAPES.values())))
def test_anything_is_signed_as_it_is_sent(value: str, content: bytes, shape: Shape) -> None:
    """Whatever query and body hold."""
    headers = {"Content-Type": "text/plain"}
    request = httpx.Request("PUT", "https://a.test/x", params={"q": value}, content=content, headers=headers)

    received = as_received(signed(request, **shape.settings))
    assert shape.expected(received) == shape.claimed(received)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_request_is_signed_anew(shape: Shape) -> None:
    """As if it had not been signed before."""
    request = httpx.Request("PUT", HERE, json=1)

    received = as_received(signed(signed(request, "an old one", **shape.settings), **shape.settings))
    places = received.target.count("signature="), len(received.headers.get_list("x-signature"))
    assert (shape.expected(received), 1) == (shape.claimed(received), max(1, *places))


def test_each_attempt_is_signed_at_its_own_moment(world: World, server: Loopback) -> None:
    """An answer that asks to come back gets another signature."""
    scheme = HMAC(SECRET, **{**SHAPES["headers"].settings, "clock": Minutes(MOMENT)})
    client = world.client(base_url=server.url, auth=scheme, retry=RetryPolicy(wait=0, throttle_wait=0))

    world(client.get("/once/busy/echo"))

    assert [("1440938220", True), ("1440938280", True)] == [
        (each.headers["x-timestamp"], of_headers(each) == each.headers["x-signature"]) for each in server.received
    ]


PARTS = [
    ("{method} {scheme} {host}", "GET https a.test"),
    ("{path} {query} {sorted_query}", "/x b=2&a=1 a=1&b=2"),
    ("{target}", "/x?b=2&a=1"),
    ("{header.X-Two}", "1, é"),
    ("no name", "no name"),
    ("{key_id}{body}", "a-key"),
    ("", ""),
]


@pytest.mark.parametrize(("template", "text"), PARTS)
def test_a_name_stands_for_a_part_of_the_request(template: str, text: str) -> None:
    """As it is sent."""
    headers = [(b"Host", b"a.test"), (b"X-Two", b"1"), (b"x-two", b"\xe9")]

    request = signed(httpx.Request("GET", HERE, headers=headers), template=template, key_id="a-key")
    assert by(text.encode("latin-1")).hex() == request.headers["x-signature"]


MOMENTS = [
    ("seconds", "1440938160"),
    ("milliseconds", "1440938160500"),
    ("iso", "2015-08-30T12:36:00Z"),
    ("http", "Sun, 30 Aug 2015 12:36:00 GMT"),
]


@pytest.mark.parametrize(("time", "written"), MOMENTS)
def test_a_moment_is_written_as_the_api_has_it(time: str, written: str) -> None:
    """In one of four ways."""
    headers = {"Date": "{timestamp}", "X-Signature": "{signature}"}

    assert written == signed(httpx.Request("GET", HERE), headers=headers, time=time).headers["date"]


ENCODINGS = [
    ("hex", lambda content: content.hex()),
    ("base64", lambda content: base64.b64encode(content).decode()),
    ("base64url", lambda content: base64.urlsafe_b64encode(content).decode().rstrip("=")),
]


@pytest.mark.parametrize(("encoding", "encode"), ENCODINGS)
def test_a_signature_is_written_as_the_api_has_it(encoding: str, encode: Callable[[bytes], str]) -> None:
    """In one of three ways."""
    request = signed(httpx.Request("GET", HERE), encoding=encoding)

    assert encode(by("GET")) == request.headers["x-signature"]


SECRETS: list[Any] = [
    (SECRET, "text"),
    (SECRET.encode().hex(), "hex"),
    (base64.b64encode(SECRET.encode()).decode(), "base64"),
    (EnvVar("SHARED_SECRET"), "text"),
    (lambda: SECRET, "text"),
]


@pytest.mark.parametrize(("secret", "encoding"), SECRETS)
def test_a_secret_comes_as_it_is_written(monkeypatch: pytest.MonkeyPatch, secret: Any, encoding: str) -> None:
    """Or from the environment, or a function."""
    monkeypatch.setenv("SHARED_SECRET", SECRET)

    request = signed(httpx.Request("GET", HERE), secret, secret_encoding=encoding)
    assert by("GET").hex() == request.headers["x-signature"]


def test_a_body_that_is_not_signed_is_not_read(world: World, server: Loopback) -> None:
    """It may be streamed."""
    scheme = HMAC(SECRET, template="{method}", headers={"X-Signature": "{signature}"})
    client = world.client(base_url=server.url, auth=scheme)

    world(client.post("/echo", content=iter([b"one", b"two"])))

    received = server.received[0]
    assert (b"onetwo", by("POST").hex()) == (received.body, received.headers["x-signature"])


def test_what_is_put_in_place_of_the_target_is_signed() -> None:
    """By an extension of httpx's; parameters are added there."""
    request = httpx.Request("GET", HERE, extensions={"target": b"/other"})

    sent = signed(request, template="{query}", params=SHAPES["query"].settings["params"], headers={})
    signature = by("timestamp=1440938160").hex()
    assert f"/other?timestamp=1440938160&signature={signature}".encode() == sent.extensions["target"]


def test_a_request_without_a_header_that_is_signed_is_refused() -> None:
    """Before it is sent."""
    with pytest.raises(InputError) as caught:
        signed(httpx.Request("GET", HERE), template="{header.X-Missing}")

    assert "X-Missing" == caught.value.field


def test_places_of_signatures_hold_secrets_from_then_on() -> None:
    """So they are masked in logs; those of a moment are not."""
    HMAC(
        SECRET,
        template="x",
        headers={"X-Proof-1": "{signature}", "X-Who-1": "{key_id}", "X-When-1": "{timestamp}"},
        key_id="me",
    )

    assert [True, True, False] == [is_sensitive(name) for name in ("X-Proof-1", "X-Who-1", "X-When-1")]


SETTINGS: dict[str, Any] = {"secret": SECRET, "template": "{method}", "headers": {"X-Signature": "{signature}"}}
WRONG: list[Any] = [
    ("secret", {"secret": ""}),
    ("secret", {"secret": "no hex", "secret_encoding": "hex"}),
    ("secret", {"secret": "!!!!", "secret_encoding": "base64"}),
    ("key_id", {"key_id": "é"}),
    ("key_id", {"template": "{key_id}"}),
    ("hash", {"hash": "md5"}),
    ("encoding", {"encoding": "utf-8"}),
    ("secret_encoding", {"secret_encoding": "rot13"}),
    ("time", {"time": "days"}),
    ("template", {"template": None}),
    ("template", {"template": "{method"}),
    ("template", {"template": "method}"}),
    ("template", {"template": "{signature}"}),
    ("template", {"template": "{header.}"}),
    ("headers, params", {"headers": None}),
    ("headers, params", {"headers": {"X-Key": "{timestamp}"}}),
    ("header X", {"headers": {"X": "{signature}{method}"}}),
    ("header X", {"headers": {"X": "{signature}\n"}}),
    ("header X", {"headers": {"X": "{header.date}"}}),
    ("header", {"headers": {"X Y": "{signature}"}}),
    ("header", {"headers": {"Host": "{signature}"}}),
    ("query", {"params": {"": "{signature}"}}),
]


@pytest.mark.parametrize(("field", "settings"), WRONG)
def test_a_wrong_setting_is_refused(field: str, settings: dict[str, Any]) -> None:
    """When the scheme is made, by its name; a secret is not shown."""
    with pytest.raises(ConfigError) as caught:
        HMAC(**{**SETTINGS, **settings})

    assert (field, False) == (caught.value.field, "!!!!" in str(caught.value))


def test_no_secret_is_shown_or_pickled() -> None:
    """A scheme is not written anywhere."""
    scheme = HMAC(**SETTINGS)

    with pytest.raises(TypeError, match="is not pickled"):
        _ = pickle.dumps(scheme)

    assert "HMAC(...)" == repr(scheme) == str(scheme)
