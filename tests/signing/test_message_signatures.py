"""HTTP Message Signatures: by the vectors of RFC 9421, and as a server sees them over a socket."""

from __future__ import annotations

import asyncio
import base64
import pickle
import sys
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, EnvVar, InputError, RetryPolicy
from restkit.auth import MessageSignatures
from restkit.credentials.message_signing import Algorithm, Told, prepared
from restkit.testing import VirtualClock
from tests.client.worlds import World
from tests.loopback import Loopback, Received
from tests.signing.clocks import Minutes
from tests.signing.messages import MOMENT, SECRET, has_its_digest, is_signed, pem, private_keys, published, verify
from tests.signing.receiving import as_received

KEYS = private_keys()
CLOCK = VirtualClock(wall=MOMENT)
SHARED = base64.b64decode("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")


def example() -> httpx.Request:
    """The request of the RFC's vectors (appendix B.2)."""
    headers = {"Host": "example.com", "Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json"}
    url = "https://example.com/foo?param=Value&Pet=dog"
    return httpx.Request("POST", url, headers=headers, content=b'{"hello": "world"}')


def signed(request: httpx.Request, key: Any = SECRET, **settings: Any) -> httpx.Request:
    """A request as a bare httpx client would send it."""
    scheme = MessageSignatures("a-key", key, **{"algorithm": "hmac-sha256", "clock": CLOCK, **settings})
    return next(scheme.sync_auth_flow(request))


FIXED = [
    ("sig-b25", "test-shared-secret", "hmac-sha256", ["date", "@authority", "content-type"], None),
    (
        "sig-b26",
        "test-key-ed25519",
        "ed25519",
        ["date", "@method", "@path", "@authority", "content-type", "content-length"],
        None,
    ),
    (
        "sig-b27",
        "test-key-ed25519",
        "ed25519",
        ["date", "@method", "@path", "@authority", "content-type", "content-length"],
        "tag-b27",
    ),
]


@pytest.mark.server
@pytest.mark.parametrize(("label", "key_id", "algorithm", "names", "tag"), FIXED)
def test_a_vector_has_its_signature(  # noqa: PLR0913, PLR0917 - the parts of a vector
    rfc9421: Path, label: str, key_id: str, algorithm: Algorithm, names: list[str], tag: str | None
) -> None:
    """Where there is no chance in it: B.2.5, B.2.6, and one with a tag."""
    key = SHARED if algorithm == "hmac-sha256" else (rfc9421 / "test" / f"{key_id}.key").read_text("ascii")
    scheme = MessageSignatures(
        key_id, key, algorithm=algorithm, components=names, label=label, tag=tag, nonce=False, clock=CLOCK
    )

    made = next(scheme.sync_auth_flow(example())).headers["signature"]
    assert f"{label}=:{base64.b64encode(published(rfc9421)[label]).decode('ascii')}:" == made


RANDOM = [
    ("sig-b21", [], "b3k2pp5k7z-50gnwp.yemd", None),
    ("sig-b22", ['"@authority"', '"content-digest"', '"@query-param";name="Pet"'], None, "header-example"),
    (
        "sig-b23",
        ["date", "@method", "@path", "@query", "@authority", "content-type", "content-digest", "content-length"],
        None,
        None,
    ),
]


@pytest.mark.server
@pytest.mark.parametrize(("label", "names", "nonce", "tag"), RANDOM)
def test_a_vector_is_of_our_text(
    rfc9421: Path, label: str, names: list[str], nonce: str | None, tag: str | None
) -> None:
    """Where a signature is another each time (B.2.1 to B.2.3), the RFC's own verifies what we sign."""
    request = example()
    request.headers["Content-Digest"] = (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    )
    key: Any = load_pem_public_key((rfc9421 / "test" / "test-key-rsa-pss.pem").read_bytes())

    told = Told("test-key-rsa-pss", int(MOMENT), nonce=nonce, tag=tag)
    text = prepared(request, "rsa-pss-sha512", names, told).text
    assert is_signed("rsa-pss-sha512", key, published(rfc9421)[label], text)


@pytest.mark.server
def test_a_request_that_was_transformed_keeps_its_signature(rfc9421: Path) -> None:
    """B.4: values of a header in two lines."""
    key = (rfc9421 / "test" / "test-key-ed25519.key").read_text("ascii")
    request = httpx.Request(
        "GET",
        "https://example.org/demo?name1=Value1&Name2=value2",
        headers=[("Accept", "application/json"), ("Accept", "*/*")],
    )
    names = ["@method", "@path", "@authority", "accept"]
    scheme = MessageSignatures(
        "test-key-ed25519", key, algorithm="ed25519", components=names, label="transform", nonce=False, clock=CLOCK
    )

    made = next(scheme.sync_auth_flow(request)).headers["signature"]
    assert (
        "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:" == made
    )


def test_the_digest_of_a_body_is_that_of_the_rfc() -> None:
    """In its second algorithm."""
    digest = signed(example(), digest="sha-512").headers["content-digest"]

    assert (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:" == digest
    )


STRUCTURED = [
    ('"x-dict";key="a"', "1;x"),
    ('"x-dict";sf;key="b"', "(c d)"),
    ('"cache-control";sf', "max-age=60, must-revalidate"),
    ('"x-dict";bs', ":YT0xO3gsICBiPShjICAgIGQp:"),
]


@pytest.mark.parametrize(("name", "value"), STRUCTURED)
def test_a_structured_field_is_signed_as_its_parameters_say(name: str, value: str) -> None:
    """Sections 2.1.1 to 2.1.3."""
    headers = {"X-Dict": "a=1;x,  b=(c    d)", "Cache-Control": "max-age=60,   must-revalidate"}
    request = httpx.Request("GET", "https://a.test/", headers=headers)

    text = prepared(request, "hmac-sha256", [name], Told("a-key", 1)).text
    assert f"{name}: {value}" == text.decode("ascii").splitlines()[0]


@pytest.mark.parametrize("algorithm", list(KEYS))
def test_a_server_verifies_what_it_receives(world: World, server: Loopback, algorithm: str) -> None:
    """Over a socket, by each algorithm, from a client in each world."""
    scheme = MessageSignatures("a-key", KEYS[algorithm], algorithm=cast("Algorithm", algorithm))
    client = world.client(base_url=f"{server.url}/echo", auth=scheme)

    world(client.post("/a b", params={"q": "é +/"}, json={"n": 1}))

    told = verify(server.received[0], algorithm, KEYS[algorithm])
    assert ("a-key", True) == (told["keyid"], has_its_digest(server.received[0]))


@pytest.mark.parametrize("algorithm", [each for each in KEYS if each != "hmac-sha256"])
def test_a_key_may_be_text(algorithm: str) -> None:
    """In PEM."""
    request = signed(httpx.Request("GET", "https://a.test/"), pem(KEYS[algorithm]), algorithm=algorithm, **NAMED)

    assert "a-key" == verify(as_received(request), algorithm, KEYS[algorithm])["keyid"]


NAMED = {"components": ["@method", "@path"]}
ALL = [
    *("@method", "@authority", "@request-target", "@path", "@query", '"@query-param";name="q"'),
    *("content-type", "content-digest", "x-two"),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, st.binary(min_size=1), st.sets(st.sampled_from(ALL), min_size=1))
def test_anything_is_verified_as_it_is_sent(value: str, content: bytes, names: set[str]) -> None:
    """Whatever query and body hold, and whichever parts are signed."""
    request = httpx.Request(
        "PUT",
        "https://a.test/x[1]^",
        params={"q": value},
        content=content,
        headers=[("Content-Type", "text/plain"), ("X-Two", "1"), ("X-Two", "2")],
    )

    made = signed(request, components=sorted(names))
    assert "a-key" == verify(as_received(made), "hmac-sha256", SECRET)["keyid"]


def test_what_a_url_may_not_hold_is_escaped_before_it_is_signed() -> None:
    """Brackets, for one, which httpx leaves in a query."""
    assert b"/x%5B1%5D?a%5B%5D=1" == signed(httpx.Request("GET", "https://a.test/x[1]?a[]=1")).url.raw_path


def test_what_is_put_in_place_of_the_target_is_signed_as_it_is() -> None:
    """By an extension of httpx's."""
    request = signed(httpx.Request("GET", "https://a.test/", extensions={"target": b"/a(b)?c+d"}))

    received = Received("GET", "/a(b)?c+d", request.headers, b"", 1)
    assert (b"/a(b)?c+d", "a-key") == (
        request.extensions["target"],
        verify(received, "hmac-sha256", SECRET, "https")["keyid"],
    )


def test_each_attempt_has_a_moment_and_a_nonce_of_its_own(world: World, server: Loopback) -> None:
    """An answer that asks to come back gets another signature."""
    scheme = MessageSignatures("a-key", SECRET, algorithm="hmac-sha256", expires=30, clock=Minutes(MOMENT))
    client = world.client(base_url=server.url, auth=scheme, retry=RetryPolicy(wait=0, throttle_wait=0))

    world(client.get("/once/busy/echo"))

    told = [verify(each, "hmac-sha256", SECRET) for each in server.received]
    moments = [(int(each["created"]) - MOMENT, int(each["expires"]) - MOMENT) for each in told]
    assert ([(60, 90), (120, 150)], 2) == (moments, len({each["nonce"] for each in told}))


def test_a_signature_tells_of_itself_what_it_is_told_to() -> None:
    """And nothing more."""
    told = signed(example(), label="mine", expires=60, tag="app", names_algorithm=True, nonce=False, **NAMED)

    assert (
        'mine=("@method" "@path");created=1618884473;keyid="a-key";alg="hmac-sha256";expires=1618884533;tag="app"'
        == told.headers["signature-input"]
    )


def test_a_request_without_a_body_goes_without_its_digest() -> None:
    """Even if somebody has set one."""
    request = httpx.Request("GET", "https://a.test/", headers={"Content-Digest": "sha-256=:old:"})

    made = signed(request, nonce=False).headers
    assert (False, 'sig1=("@method" "@target-uri");created=1618884473;keyid="a-key"') == (
        "content-digest" in made,
        made["signature-input"],
    )


def test_a_digest_that_is_not_signed_is_left_as_it_is() -> None:
    """It is the caller's."""
    headers = {"Content-Digest": "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"}
    request = signed(httpx.Request("GET", "https://a.test/", headers=headers), **NAMED)

    assert headers["Content-Digest"] == request.headers["content-digest"]


def test_a_request_is_signed_anew() -> None:
    """As if it had not been signed before."""
    request = signed(signed(example(), b"an old one"))

    assert ("a-key", 1, 1) == (
        verify(as_received(request), "hmac-sha256", SECRET, "https")["keyid"],
        len(request.headers.get_list("signature")),
        len(request.headers.get_list("content-digest")),
    )


def test_a_bare_client_signs_too(server: Loopback) -> None:
    """One of httpx's own, blocking and awaiting."""
    scheme = MessageSignatures("a-key", KEYS["ed25519"], algorithm="ed25519")

    async def awaiting() -> None:
        """The same, awaiting."""
        async with httpx.AsyncClient(auth=scheme) as client:
            _ = await client.post(f"{server.url}/echo/x", content=b"content")

    with httpx.Client(auth=scheme) as client:
        _ = client.post(f"{server.url}/echo/x", content=b"content")
    asyncio.run(awaiting())

    assert ["a-key"] * 2 == [verify(each, "ed25519", KEYS["ed25519"])["keyid"] for each in server.received]


def test_a_streamed_body_is_signed(world: World, server: Loopback) -> None:
    """It is read before."""
    client = world.client(base_url=server.url, auth=MessageSignatures("a-key", SECRET, algorithm="hmac-sha256"))

    world(client.post("/echo", content=iter([b"one", b"two"])))

    told = verify(server.received[0], "hmac-sha256", SECRET)
    assert ("a-key", b"onetwo", True) == (told["keyid"], server.received[0].body, has_its_digest(server.received[0]))


async def later() -> str:
    """A key that comes from a coroutine."""
    return SECRET.decode("ascii")


SOURCES: list[Any] = [EnvVar("SIGNING_KEY"), lambda: SECRET, later]


@pytest.mark.parametrize("source", SOURCES, ids=["environment", "function", "coroutine"])
def test_a_key_may_come_from_elsewhere(monkeypatch: pytest.MonkeyPatch, source: Any) -> None:
    """Each time it is needed."""
    monkeypatch.setenv("SIGNING_KEY", SECRET.decode("ascii"))
    scheme = MessageSignatures("a-key", source, algorithm="hmac-sha256", **NAMED)

    async def asked() -> httpx.Request:
        """Give the key."""
        flow = scheme.async_auth_flow(httpx.Request("GET", "https://a.test/"))
        request = await anext(flow)
        await flow.aclose()
        return request

    assert "a-key" == verify(as_received(asyncio.run(asked())), "hmac-sha256", SECRET)["keyid"]


def test_a_key_of_several_lines_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As PEM has them."""
    monkeypatch.setenv("SIGNING_KEY", pem(KEYS["ed25519"]))

    request = signed(httpx.Request("GET", "https://a.test/"), EnvVar("SIGNING_KEY"), algorithm="ed25519", **NAMED)
    assert "a-key" == verify(as_received(request), "ed25519", KEYS["ed25519"])["keyid"]


def test_keys_may_rotate() -> None:
    """From one request to the next."""
    keys = iter([b"the first", b"the second", b"the second"])
    scheme = MessageSignatures("a-key", lambda: next(keys), algorithm="hmac-sha256", **NAMED)

    sent = [next(scheme.sync_auth_flow(httpx.Request("GET", "https://a.test/"))) for _ in range(3)]
    told = [
        verify(as_received(request), "hmac-sha256", key)["keyid"]
        for request, key in zip(sent, [b"the first", b"the second", b"the second"], strict=True)
    ]
    assert ["a-key"] * 3 == told


WRONG: list[Any] = [
    ("key_id", {"key_id": ""}),
    ("key_id", {"key_id": "a\nb"}),
    ("tag", {"tag": "é"}),
    ("algorithm", {"algorithm": "md5"}),
    ("digest", {"digest": "md5"}),
    ("label", {"label": "Sig"}),
    ("label", {"label": None}),
    ("expires", {"expires": 0}),
    ("nonce", {"nonce": "x"}),
    ("names_algorithm", {"names_algorithm": None}),
    ("components", {"components": "@method"}),
    ("components", {"components": []}),
    ("components", {"components": ["date", '"date"']}),
    ("components", {"components": ["@status"]}),
    ("components", {"components": ["@query-param"]}),
    ("components", {"components": ['"@method";name="x"']}),
    ("components", {"components": ['"date";req']}),
    ("components", {"components": ["Date"]}),
    ("components", {"components": ["date;sf"]}),
    ("components", {"components": [7]}),
    ("key", {"key": ""}),
    ("key", {"key": "abc\n"}),
    ("key", {"key": " abc "}),
    ("key", {"key": "abc\udcff"}),
    ("key", {"key": "abc\udcff", "algorithm": "ed25519"}),
    ("key", {"key": KEYS["ed25519"]}),
    ("key", {"key": "no pem", "algorithm": "ed25519"}),
    ("key", {"key": pem(KEYS["ed25519"]), "algorithm": "rsa-pss-sha512"}),
    ("key", {"key": KEYS["ecdsa-p256-sha256"], "algorithm": "ecdsa-p384-sha384"}),
]


@pytest.mark.parametrize(("field", "settings"), WRONG)
def test_a_wrong_setting_is_refused(field: str, settings: dict[str, Any]) -> None:
    """When the scheme is made, by its name."""
    with pytest.raises(ConfigError) as caught:
        MessageSignatures(**{"key_id": "a-key", "key": SECRET, "algorithm": "hmac-sha256", **settings})

    assert field == caught.value.field


UNFIT: list[Any] = [
    (["x-missing"], "x-missing"),
    (['"@query-param";name="x"'], "components"),
    (['"x-bad";key="a"'], "components"),
    (["x-latin"], "components"),
]


@pytest.mark.parametrize(("names", "field"), UNFIT)
def test_a_request_that_lacks_a_part_is_refused(names: list[str], field: str) -> None:
    """Before it is sent, by the part's name; no value is shown."""
    headers = {"X-Bad": "???", "X-Latin": b"\xe9t\xe9"}
    with pytest.raises(InputError) as caught:
        signed(httpx.Request("GET", "https://a.test/", headers=headers), components=names)

    assert (field, False) == (caught.value.field, "???" in str(caught.value))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to install."""
    monkeypatch.setitem(sys.modules, "http_message_signatures", None)

    with pytest.raises(ConfigError, match=r"install restkit-httpx\[signatures\]"):
        MessageSignatures("a-key", SECRET, algorithm="hmac-sha256")


def test_no_key_is_shown_or_pickled() -> None:
    """A scheme is not written anywhere."""
    scheme = MessageSignatures("a-key", SECRET, algorithm="hmac-sha256")

    with pytest.raises(TypeError, match="is not pickled"):
        _ = pickle.dumps(scheme)

    assert "MessageSignatures(...)" == repr(scheme) == str(scheme)
