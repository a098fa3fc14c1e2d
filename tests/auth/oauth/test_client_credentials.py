"""Client credentials: a client in each way to show who it is, in restkit's clients and in httpx's."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from restkit import AuthError, ConfigError, EnvVar
from restkit.auth import ClientCredentials, SigningKey
from restkit.stores import MemoryTokens
from restkit.testing import VirtualClock
from tests.auth.oauth.authority import API, ISSUER, TOKEN_URL, Authority, everything, refusal
from tests.client.worlds import World

SECRET = "c4n4ry-0f-a-client-with-32-bytes-or-more"  # noqa: S105 - to be looked for
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
KEYS: dict[str, Callable[[], Private]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


def pem(key: Private) -> str:
    """A private key as text."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def call(world: World, authority: Authority, *arguments: Any, **options: Any) -> httpx.Response:
    """Call the API once, with a client of the world, in virtual time."""
    clock = options.setdefault("clock", VirtualClock())
    client = world.mocked(authority, auth=ClientCredentials(*arguments, **options), clock=clock)
    answer: httpx.Response = world(client.get("/items"))
    return answer


def test_the_api_is_shown_a_token(world: World, authority: Authority) -> None:
    """Which was had for the client's id and secret."""
    call(world, authority, TOKEN_URL, "acme", SECRET)

    assert (["Bearer token-1"], [{"grant_type": "client_credentials"}]) == (authority.sent, authority.forms)


def test_a_token_is_used_until_it_ends(world: World, authority: Authority) -> None:
    """One request for two calls."""
    client = world.mocked(authority, auth=ClientCredentials(TOKEN_URL, "acme", SECRET))
    for _ in range(2):
        world(client.get("/items"))

    assert (["Bearer token-1"] * 2, 1) == (authority.sent, authority.issued)


def test_a_token_that_is_refused_is_renewed_once(world: World, authority: Authority) -> None:
    """And the call goes out again with the new one."""
    clock = VirtualClock()
    client = world.mocked(authority, auth=ClientCredentials(TOKEN_URL, "acme", SECRET, clock=clock), clock=clock)
    world(client.get("/items"))
    authority.expel()
    clock.sleep(10)
    world(client.get("/items"))

    assert ["Bearer token-1", "Bearer token-1", "Bearer token-2"] == authority.sent


def test_id_and_secret_are_encoded_as_a_form_first(authority: Authority) -> None:
    """So a colon, a slash and a space in them mean themselves (RFC 6749, section 2.3.1)."""
    scheme = ClientCredentials(TOKEN_URL, "weird:id/ +&", "p:w %+/=&", transport=httpx.MockTransport(authority))
    scheme.run(scheme.fetch(None))

    assert authority.basic == "Basic weird%3Aid%2F+%2B%26:p%3Aw+%25%2B%2F%3D%26"


def test_post_has_them_in_the_form(world: World, authority: Authority) -> None:
    """And no header."""
    call(world, authority, TOKEN_URL, "acme", SECRET, method="post")

    expected = {"grant_type": "client_credentials", "client_id": "acme", "client_secret": SECRET}
    assert (expected, False) == (authority.forms[0], "authorization" in authority.requests[0].headers)


def test_a_public_client_has_its_id_in_the_form(world: World, authority: Authority) -> None:
    """And shows no secret; a certificate may."""
    call(world, authority, TOKEN_URL, "acme")

    assert [{"grant_type": "client_credentials", "client_id": "acme"}] == authority.forms


def test_a_secret_can_sign(world: World, authority: Authority) -> None:
    """An assertion by HS256, good for a minute, for the token endpoint."""
    clock = VirtualClock()
    call(world, authority, TOKEN_URL, "acme", SECRET, method="jwt", clock=clock)

    form = authority.forms[0]
    options: Any = {"verify_iat": False, "verify_exp": False}  # it is not today in there
    said = jwt.decode(form["client_assertion"], SECRET, ["HS256"], audience=TOKEN_URL, options=options)
    now = int(clock.wall())
    assert {"iss": "acme", "sub": "acme", "aud": TOKEN_URL, "iat": now, "exp": now + 60} == {
        name: value for name, value in said.items() if name != "jti"
    }


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_a_private_key_can_sign(authority: Authority, algorithm: str) -> None:
    """By each kind of algorithm; the other side needs the public half only."""
    key = KEYS[algorithm]()
    signing = SigningKey(pem(key), algorithm, kid="first")
    scheme = ClientCredentials(TOKEN_URL, "acme", signing, transport=httpx.MockTransport(authority))
    scheme.run(scheme.fetch(None))

    assertion = authority.forms[0]["client_assertion"]
    said = jwt.decode(assertion, key.public_key(), [algorithm], audience=TOKEN_URL)
    assert ("acme", "first") == (said["sub"], jwt.get_unverified_header(assertion)["kid"])


def test_an_assertion_says_what_it_is(authority: Authority) -> None:
    """By the URN of RFC 7523, and the client's id beside it."""
    scheme = ClientCredentials(TOKEN_URL, "acme", SECRET, method="jwt", transport=httpx.MockTransport(authority))
    scheme.run(scheme.fetch(None))

    expected = {
        "grant_type": "client_credentials",
        "client_id": "acme",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    assert expected == {name: value for name, value in authority.forms[0].items() if name != "client_assertion"}


def alone(authority: Authority, *arguments: Any, **options: Any) -> ClientCredentials:
    """A scheme that needs no client, in virtual time."""
    return ClientCredentials(*arguments, transport=httpx.MockTransport(authority), clock=VirtualClock(), **options)


def test_each_attempt_has_an_assertion_of_its_own(authority: Authority) -> None:
    """Since a server may take each only once."""
    authority.script.append(httpx.Response(503))
    scheme = alone(authority, TOKEN_URL, "acme", SECRET, method="jwt")
    scheme.run(scheme.fetch(None))

    ids = [jwt.decode(each["client_assertion"], options={"verify_signature": False})["jti"] for each in authority.forms]
    assert 2 == len(set(ids))


def test_an_assertion_is_for_the_issuer_if_it_is_known(authority: Authority) -> None:
    """Whose name does not change with an endpoint."""
    authority.metadata = everything()
    scheme = ClientCredentials(
        None, "acme", SECRET, method="jwt", issuer=ISSUER, transport=httpx.MockTransport(authority)
    )
    scheme.run(scheme.fetch(None))

    said = jwt.decode(authority.forms[0]["client_assertion"], options={"verify_signature": False})
    assert ISSUER == said["aud"]


def test_what_is_asked_for_is_in_the_form(world: World, authority: Authority) -> None:
    """Scope, audience, each resource and whatever else a server wants."""
    options = {"scope": ["read", "write"], "audience": "acme-api", "resource": API, "parameters": {"tenant": "7"}}
    call(world, authority, TOKEN_URL, "acme", SECRET, **options)

    expected = {"scope": "read write", "audience": "acme-api", "resource": API, "tenant": "7"}
    assert {"grant_type": "client_credentials", **expected} == authority.forms[0]


def test_a_secret_may_come_from_the_environment(
    world: World, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is read when it is used."""
    scheme = ClientCredentials(TOKEN_URL, "acme", EnvVar("ACME_SECRET"), method="post")
    monkeypatch.setenv("ACME_SECRET", SECRET)
    world(world.mocked(authority, auth=scheme).get("/items"))

    assert SECRET == authority.forms[0]["client_secret"]


def test_a_secret_may_come_from_a_function(world: World, authority: Authority) -> None:
    """Which may have to be awaited, where that can be."""

    async def later() -> str:
        """As a vault would."""
        return SECRET

    call(world, authority, TOKEN_URL, "acme", later if world.awaits else lambda: SECRET, method="post")

    assert SECRET == authority.forms[0]["client_secret"]


KEY = pem(ec.generate_private_key(ec.SECP256R1()))


def test_a_key_may_come_from_the_environment(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its line ends are often written as a back-slash and an n."""
    monkeypatch.setenv("ACME_KEY", KEY.replace("\n", "\\n"))
    signing = SigningKey(EnvVar("ACME_KEY"), "ES256")
    scheme = ClientCredentials(TOKEN_URL, "acme", signing, transport=httpx.MockTransport(authority))
    scheme.run(scheme.fetch(None))

    assert "acme" == authority.forms[0]["client_id"]


def test_a_key_may_come_from_a_function(authority: Authority) -> None:
    """Such as one that asks a vault."""
    scheme = ClientCredentials(
        TOKEN_URL, "acme", SigningKey(lambda: KEY, "ES256"), transport=httpx.MockTransport(authority)
    )
    scheme.run(scheme.fetch(None))

    assert "acme" == authority.forms[0]["client_id"]


async def test_its_flows_run_without_a_client(authority: Authority) -> None:
    """Awaiting, too."""
    scheme = ClientCredentials(TOKEN_URL, "acme", SECRET, transport=httpx.MockTransport(authority))

    assert "token-1" == (await scheme.arun(scheme.fetch(None))).value


def test_a_store_knows_a_token_by_what_was_asked_for(authority: Authority) -> None:
    """So that processes share it, and nobody has one for something else."""
    store = MemoryTokens()
    for options in ({"scope": "read"}, {"scope": ["read"]}, {"audience": "other"}, {"scope": "write"}):
        scheme = alone(authority, TOKEN_URL, "acme", SECRET, store=store, **options)
        scheme.run(scheme.keeper.current())

    assert ["read", None, "write"] == [form.get("scope") for form in authority.forms]


WRONG: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "no endpoint": ((None, "acme", SECRET), {}, "token_url"),
    "plain http": (("http://login.test/token", "acme", SECRET), {}, "token_url"),
    "an issuer over plain http": ((None, "acme", SECRET), {"issuer": "http://login.test"}, "issuer"),
    "no id": ((TOKEN_URL, "", SECRET), {}, "client_id"),
    "an id with a line break": ((TOKEN_URL, "ac\nme", SECRET), {}, "client_id"),
    "an empty secret": ((TOKEN_URL, "acme", ""), {}, "client_secret"),
    "a secret with a line break": ((TOKEN_URL, "acme", SECRET + "\n"), {}, "client_secret"),
    "a key as a secret": ((TOKEN_URL, "acme", KEY), {}, "client_secret"),
    "an unknown method": ((TOKEN_URL, "acme", SECRET), {"method": "tls"}, "method"),
    "a method without its secret": ((TOKEN_URL, "acme"), {"method": "post"}, "method"),
    "a secret that is not to be shown": ((TOKEN_URL, "acme", SECRET), {"method": "none"}, "method"),
    "a key in a form": ((TOKEN_URL, "acme", SigningKey(KEY, "ES256")), {"method": "post"}, "method"),
    "a scope with a line break": ((TOKEN_URL, "acme", SECRET), {"scope": "a\nb"}, "scope"),
    "a parameter of ours": ((TOKEN_URL, "acme", SECRET), {"parameters": {"grant_type": "password"}}, "parameters"),
    "a parameter that is no text": ((TOKEN_URL, "acme", SECRET), {"parameters": {"n": 7}}, "parameters"),
    "an odd proof": ((TOKEN_URL, "acme", SECRET), {"dpop": "yes"}, "dpop"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_when_it_is_made(case: str) -> None:
    """By the name of the parameter."""
    arguments, options, field = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        ClientCredentials(*arguments, **options)

    assert (field, False) == (caught.value.field, SECRET in str(caught.value))


@pytest.mark.parametrize(
    ("key", "algorithm", "field"),
    [("no key", "ES256", "key"), (KEY, "HS256", "algorithm"), (KEY, "none", "algorithm"), (7, "ES256", "key")],
)
def test_a_key_is_checked_when_it_is_named(key: Any, algorithm: str, field: str) -> None:
    """A shared secret is none, and no algorithm is none either."""
    with pytest.raises(ConfigError) as caught:
        SigningKey(key, algorithm)

    assert field == caught.value.field


def test_a_key_of_another_algorithm_is_refused(authority: Authority) -> None:
    """When it is used, without showing it."""
    scheme = ClientCredentials(TOKEN_URL, "acme", SigningKey(KEY, "RS256"), transport=httpx.MockTransport(authority))
    with pytest.raises(ConfigError, match="key is no private key for RS256") as caught:
        scheme.run(scheme.fetch(None))

    assert KEY.splitlines()[1] not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_a_missing_library_is_named(authority: Authority, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """With the extra that brings it."""
    from restkit.tokens.signing_key import algorithms, prepare

    algorithms.cache_clear()
    prepare.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    scheme = ClientCredentials(TOKEN_URL, "acme", SECRET, method="jwt", transport=httpx.MockTransport(authority))
    with pytest.raises(ConfigError) as caught:
        scheme.run(scheme.fetch(None))

    assert "jwt is not installed; install restkit-httpx[jwt]" == str(caught.value)


def test_a_claim_that_is_no_json_is_refused() -> None:
    """By its kind: it may be a secret."""
    from restkit.tokens.signing_key import signed

    with pytest.raises(ConfigError) as caught:
        signed({"odd": object()}, SECRET, "HS256", {})

    assert "claims" == caught.value.field


def test_a_refusal_is_clear(world: World, authority: Authority) -> None:
    """It has the server's code, and what the server says."""
    authority.script = [refusal("invalid_client", "unknown", 401)]
    with pytest.raises(AuthError) as caught:
        call(world, authority, TOKEN_URL, "acme", SECRET)

    assert ("invalid_client", 401, f"POST {TOKEN_URL}: the token endpoint refuses: invalid_client: unknown") == (
        caught.value.code,
        caught.value.status,
        str(caught.value),
    )


ODD_SECRET = "p:w %+/=&" * 4


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_secret_that_is_sent_back_is_not_shown(world: World, authority: Authority, method: str) -> None:
    """Neither in the message nor as a code, however it was encoded on the way."""
    authority.script = [httpx.Response(400, json={"error": ODD_SECRET, "error_description": f"not {ODD_SECRET}"})]
    with pytest.raises(AuthError) as caught:
        call(world, authority, TOKEN_URL, "acme", ODD_SECRET, method=method)

    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.__dict__)
    assert (None, False) == (caught.value.code, ODD_SECRET in shown)


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_secret_in_a_transports_error_is_not_shown(authority: Authority, method: Any) -> None:
    """Some quote the request that they could not send."""
    authority.script = [httpx.WriteError(f"could not send {SECRET}")] * 3
    scheme = alone(authority, TOKEN_URL, "acme", SECRET, method=method)
    with pytest.raises(AuthError) as caught:
        scheme.run(scheme.fetch(None))

    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_no_secret_is_in_what_is_shown_or_kept() -> None:
    """Of a scheme: in its text, and in nothing that is pickled, which is refused."""
    scheme = ClientCredentials(TOKEN_URL, "acme", SECRET)
    with pytest.raises(TypeError) as caught:
        pickle.dumps(scheme)

    assert not [said for said in (str(scheme), repr(scheme), str(caught.value)) if SECRET in said]


def test_a_key_is_neither_shown_nor_pickled() -> None:
    """It is made anew where it is needed."""
    key = SigningKey(KEY, "ES256")
    with pytest.raises(TypeError) as caught:
        pickle.dumps(key)

    assert not [said for said in (str(key), repr(key), str(caught.value)) if KEY[30:60] in said]


def test_a_redirect_is_not_followed(world: World, authority: Authority) -> None:
    """It would take the secret along."""
    authority.script = [httpx.Response(307, headers={"Location": "https://elsewhere.test/token"})]
    with pytest.raises(AuthError, match="redirects"):
        call(world, authority, TOKEN_URL, "acme", SECRET)

    assert [TOKEN_URL] == authority.urls
