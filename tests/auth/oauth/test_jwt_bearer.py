"""JWT bearer: an assertion that is signed here, or had from elsewhere, for a token."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from restkit import ConfigError
from restkit.auth import JWTBearer, SigningKey
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import ISSUER, TOKEN_URL, Authority, everything
from tests.client.worlds import World

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
KEY = SigningKey(PEM, "ES256", kid="7")


def alone(authority: Authority, **options: Any) -> JWTBearer:
    """A scheme that needs no client, in virtual time."""
    options = {"token_url": TOKEN_URL, "assertion": KEY, "iss": "acme", "clock": VirtualClock(), **options}
    return JWTBearer(transport=httpx.MockTransport(authority), **options)


def claims(form: dict[str, str]) -> dict[str, Any]:
    """What an assertion says, which our key has signed."""
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    said: dict[str, Any] = jwt.decode(form["assertion"], PRIVATE.public_key(), ["ES256"], options=options)
    return said


def test_an_assertion_is_signed_here(authority: Authority) -> None:
    """Good for five minutes, for the token endpoint, by and for the same."""
    clock = VirtualClock()
    scheme = alone(authority, clock=clock)
    scheme.run(scheme.fetch(None))

    now, said = int(clock.wall()), claims(authority.forms[0])
    expected = {"iss": "acme", "sub": "acme", "aud": TOKEN_URL, "iat": now, "exp": now + 300, "jti": said["jti"]}
    assert (expected, GRANT) == (said, authority.forms[0]["grant_type"])


def test_it_says_whom_it_is_for(authority: Authority) -> None:
    """And whatever else the server wants to know."""
    scheme = alone(authority, sub="ann", aud="acme-login", claims={"scope": "read"}, seconds=60)
    scheme.run(scheme.fetch(None))

    said = claims(authority.forms[0])
    assert ("ann", "acme-login", "read", 60) == (said["sub"], said["aud"], said["scope"], said["exp"] - said["iat"])


def test_it_is_for_the_issuer_if_that_is_known(authority: Authority) -> None:
    """Whose metadata tells where to send it."""
    authority.metadata = everything()
    scheme = alone(authority, token_url=None, issuer=ISSUER)
    scheme.run(scheme.fetch(None))

    assert ISSUER == claims(authority.forms[0])["aud"]


def test_each_attempt_has_one_of_its_own(authority: Authority) -> None:
    """A server may take each only once."""
    authority.script = [httpx.Response(503)]
    scheme = alone(authority)
    scheme.run(scheme.fetch(None))

    assert 2 == len({claims(form)["jti"] for form in authority.forms})


def test_one_may_be_had_from_elsewhere(world: World, authority: Authority) -> None:
    """By a function, which may have to be awaited."""

    async def later() -> str:
        """As a vault would."""
        return "eyJ.eyJ.sig"

    auth = JWTBearer(TOKEN_URL, later if world.awaits else lambda: "eyJ.eyJ.sig", scope="read")
    world(world.mocked(authority, auth=auth).get("/items"))

    form = {"grant_type": GRANT, "scope": "read", "assertion": "eyJ.eyJ.sig"}
    assert ([form], ["Bearer token-1"]) == (authority.forms, authority.sent)


def test_the_client_may_show_who_it_is(authority: Authority) -> None:
    """Besides the assertion."""
    scheme = alone(authority, client_id="acme", client_secret="s3cret")
    scheme.run(scheme.fetch(None))

    assert "Basic acme:s3cret" == authority.basic


def test_the_one_who_vouches_must_be_named() -> None:
    """By `iss`, in an assertion that is signed here."""
    with pytest.raises(ConfigError) as caught:
        JWTBearer(TOKEN_URL, KEY)

    assert "iss" == caught.value.field


def test_an_assertion_must_be_given() -> None:
    """An empty one is none."""
    with pytest.raises(ConfigError) as caught:
        JWTBearer(TOKEN_URL, "")

    assert "assertion" == caught.value.field
