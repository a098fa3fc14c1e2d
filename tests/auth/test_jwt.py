"""JWT: what is signed, with which keys, for how long, and where it is sent."""

from __future__ import annotations

import datetime as dt
import math
import pickle
import sys
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from restkit import Client, ConfigError, EnvVar
from restkit.auth import JWT
from restkit.testing import VirtualClock
from tests.auth.canary import answering, shown
from tests.client.worlds import World

KEY = "c4n4ry-53cr37-v4lu3-that-is-long-enough-for-any-of-the-algorithms-with-hmac"
WALL = 1_735_689_600
RSA = rsa.generate_private_key(65537, 2048)
EC = {bits: ec.generate_private_key(curve) for bits, curve in ((256, ec.SECP256R1()), (384, ec.SECP384R1()))}
ED = ed25519.Ed25519PrivateKey.generate()


def pem(key: Any) -> str:
    """A key as text."""
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.decode()


def sent(scheme: httpx.Auth) -> httpx.Request:
    """What a bare httpx client sends."""
    seen: list[httpx.Request] = []
    with httpx.Client(transport=answering(200, seen=seen), auth=scheme) as client:
        _ = client.get("https://api.test/")
    return seen[0]


def token(scheme: httpx.Auth) -> str:
    """The token that it sends."""
    return sent(scheme).headers["Authorization"].removeprefix("Bearer ")


def said(scheme: httpx.Auth, key: Any = KEY) -> dict[str, Any]:
    """The claims of that token, checked, but not for the time."""
    return jwt.decode(
        token(scheme), key, ["HS256"], options={"verify_aud": False, "verify_exp": False, "verify_iat": False}
    )


def test_the_claims() -> None:
    """Who, for whom, when; and a name of its own."""
    made = said(JWT(KEY, issuer="me", subject="you", audience="api", clock=VirtualClock()))
    name = made.pop("jti")

    assert ({"iss": "me", "sub": "you", "aud": "api", "iat": WALL, "exp": WALL + 300}, 22) == (made, len(name))


@pytest.mark.parametrize(
    "claims", [{"role": "x", "exp": None, "jti": "1"}, lambda: {"role": "x", "exp": None, "jti": "1"}]
)
def test_claims_of_ones_own(claims: Any) -> None:
    """They go before the others; None leaves one out."""
    made = said(JWT(KEY, claims=claims, audience=["a", "b"], clock=VirtualClock()))

    assert {"role": "x", "jti": "1", "aud": ["a", "b"], "iat": WALL} == made


def test_claims_that_are_awaited(world: World) -> None:
    """In an awaiting client."""

    async def claims() -> dict[str, str]:
        """Claims that have to be awaited."""
        return {"role": "x"}

    seen: list[httpx.Request] = []
    scheme = JWT(KEY, claims=claims if world.awaits else lambda: {"role": "x"})  # type: ignore[arg-type] # as Value may
    client = world.client(base_url="https://api.test", transport=answering(200, seen=seen), auth=scheme)
    _ = world(client.get("/"))
    made = jwt.decode(seen[0].headers["Authorization"].removeprefix("Bearer "), KEY, ["HS256"])

    assert "x" == made["role"]


@pytest.mark.parametrize(
    ("algorithm", "key", "check"),
    [
        ("HS256", KEY, KEY),
        ("HS384", KEY, KEY),
        ("HS512", KEY, KEY),
        ("RS256", pem(RSA), RSA.public_key()),
        ("PS512", pem(RSA), RSA.public_key()),
        ("ES256", pem(EC[256]), EC[256].public_key()),
        ("ES384", pem(EC[384]), EC[384].public_key()),
        ("EdDSA", pem(ED), ED.public_key()),
        ("EdDSA", lambda: pem(ED).replace("\n", "\\n"), ED.public_key()),
    ],
)
def test_the_algorithms(algorithm: str, key: Any, check: Any) -> None:
    """With shared secrets and private keys."""
    made = token(JWT(key, algorithm=algorithm, key_id="k1", headers={"x": 1}))
    header = {"alg": algorithm, "typ": "JWT", "kid": "k1", "x": 1}

    assert (header, True) == (jwt.get_unverified_header(made), "exp" in jwt.decode(made, check, [algorithm]))


def test_a_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """In several lines."""
    monkeypatch.setenv("A_KEY", pem(ED))

    assert "EdDSA" == jwt.get_unverified_header(token(JWT(EnvVar("A_KEY"), algorithm="EdDSA")))["alg"]


def test_a_token_is_used_for_most_of_its_life() -> None:
    """Four fifths; and not before it was made, if the clock is set back."""
    clock = VirtualClock()
    scheme = JWT(KEY, life=100, clock=clock)
    made = [token(scheme)]
    for seconds in (79, 2):
        clock.sleep(seconds)
        made.append(token(scheme))
    clock._ahead -= 10  # noqa: SLF001 - as somebody sets it
    made.append(token(scheme))

    assert [True, False, False] == [made[0] == each for each in made[1:3]] + [made[2] == made[3]]


@pytest.mark.parametrize(
    ("exp", "kept"),
    [
        (WALL + 10, True),
        (WALL + 9.5, True),
        (WALL + 5, False),
        (WALL - 5, False),
        (None, False),
        (True, False),
        ("soon", False),
        (math.nan, False),
        (10**400, False),
        (dt.datetime.fromtimestamp(WALL + 10, dt.UTC), False),
    ],
    ids=str,
)
def test_a_token_ends_when_it_says(exp: object, kept: bool) -> None:  # noqa: FBT001 - pytest passes it so
    """By its own claim, whatever `life` is; one that says no moment in the future is not sent again."""
    clock = VirtualClock()
    scheme = JWT(KEY, claims={"exp": exp}, clock=clock)
    made = token(scheme)
    clock.sleep(6)

    assert kept == (made == token(scheme))


def test_each_request_has_its_own() -> None:
    """If that is wanted."""
    scheme = JWT(KEY, reuse=False)

    assert token(scheme) != token(scheme)


@pytest.mark.parametrize(
    ("options", "header", "begins"),
    [
        ({}, "Authorization", "Bearer ey"),
        ({"prefix": "JWT"}, "Authorization", "JWT ey"),
        ({"prefix": ""}, "Authorization", "ey"),
        ({"header": "X-Token"}, "X-Token", "ey"),
        ({"cookie": "jwt"}, "Cookie", "jwt=ey"),
    ],
)
def test_where_a_token_stands(options: dict[str, Any], header: str, begins: str) -> None:
    """In a header, or a cookie."""
    found = sent(JWT(KEY, **options)).headers[header]

    assert begins == found[: len(begins)]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: JWT(""), "key"),
        (lambda: JWT(5), "key"),  # type: ignore[arg-type] # on purpose
        (lambda: JWT("k", algorithm="RS256"), "key"),
        (lambda: JWT("k", algorithm="none"), "algorithm"),
        (lambda: JWT("k", life=0), "life"),
        (lambda: JWT("k", reuse=1), "reuse"),  # type: ignore[arg-type] # likewise
        (lambda: JWT("k", query="a", cookie="b"), "header, query, cookie"),
        (lambda: JWT("k", query="a", prefix="b"), "prefix"),
        (lambda: sent(JWT(KEY, claims=list)), "claims"),  # type: ignore[arg-type] # likewise
        (lambda: sent(JWT(KEY, claims={"a": {1}})), "claims"),
        (lambda: JWT(KEY, issuer=5), "issuer"),  # type: ignore[arg-type] # likewise
        (lambda: sent(JWT(pem(ED), algorithm="RS256")), "key"),
        (lambda: sent(JWT(pem(EC[384]), algorithm="ES256")), "key"),
        (lambda: sent(JWT(pem(ED)[:60], algorithm="EdDSA")), "key"),
        (lambda: sent(JWT(lambda: "", algorithm="EdDSA")), "key"),
    ],
)
def test_what_cannot_be(make: Callable[[], object], field: str) -> None:
    """It is refused by name."""
    with pytest.raises(ConfigError) as caught:
        _ = make()

    assert field == caught.value.field


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigError, match=r"install restkit-httpx\[jwt\]"):
        _ = JWT(KEY)


@pytest.mark.parametrize(
    "make", [lambda: JWT(KEY), lambda: JWT(KEY, claims={"a": {1}}), lambda: JWT(lambda: KEY + "\n")]
)
def test_no_key_is_ever_seen(make: Callable[[], JWT]) -> None:
    """Whatever a call comes to."""
    scheme = make()
    with Client(base_url="https://api.test", transport=answering(401), auth=scheme, retry=False) as client:
        seen = shown(scheme, lambda: client.get("/"))

    assert KEY not in seen


def test_a_private_key_that_does_not_fit_is_not_seen() -> None:
    """Neither its text nor what the library says."""
    scheme = JWT(pem(ED), algorithm="RS256")
    seen = shown(scheme, lambda: sent(scheme))

    assert pem(ED).splitlines()[1] not in seen


def test_keys_are_not_pickled() -> None:
    """They are secrets."""
    with pytest.raises(TypeError):
        _ = pickle.dumps(JWT(KEY))
