"""DPoP: a proof for each attempt, of the API and of the token endpoint, with the nonces that they ask for."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import anyio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from restkit import Async, AuthError, Client, ConfigError
from restkit.auth import ClientCredentials, JWTBearer, RefreshToken, SigningKey
from restkit.testing import VirtualClock
from restkit.tokens.dpop import MOST
from tests.auth.oauth.authority import API, TOKEN_URL, Authority, refusal
from tests.client.worlds import World
from tests.signing.messages import pem

CROWD = 8
"""Who call at once."""
NOW = 1_735_689_600
"""What a virtual clock begins with."""


class Bound(Authority):
    """A server that binds its tokens to keys, and may ask for nonces, each good for one proof."""

    def __init__(self) -> None:
        super().__init__()
        self.extra = {"token_type": "DPoP"}
        self.wants: dict[str, str] = {}
        """The nonce that each host wants."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer, unless another nonce is wanted."""
        wanted = self.wants.get(request.url.host)
        if wanted is None or proof(request).get("nonce") == wanted:
            return super().__call__(request)
        self.requests.append(request)
        headers = {"DPoP-Nonce": wanted}
        if request.url.host == "api.test":
            headers["WWW-Authenticate"] = 'DPoP error="use_dpop_nonce", error_description="another nonce"'
            return httpx.Response(401, headers=headers)
        return httpx.Response(400, json={"error": "use_dpop_nonce"}, headers=headers)

    @property
    def proofs(self) -> list[dict[str, Any]]:
        """What each request has proved."""
        return [proof(request) for request in self.requests]


@pytest.fixture
def authority() -> Bound:
    """A server that binds its tokens to keys."""
    return Bound()


def proof(request: httpx.Request) -> dict[str, Any]:
    """What a request proves, checked against the key that it shows (RFC 9449, section 4.3)."""
    said = request.headers["dpop"]
    header = jwt.get_unverified_header(said)
    assert header["typ"] == "dpop+jwt", header
    options: Any = {"verify_iat": False}  # it is not today in there
    claims: dict[str, Any] = jwt.decode(said, jwt.PyJWK(header["jwk"], header["alg"]), [header["alg"]], options=options)
    return claims


def scheme(**options: Any) -> ClientCredentials:
    """A scheme with proofs."""
    return ClientCredentials(TOKEN_URL, "acme", "s3cret", **{"dpop": True, **options})


def call(world: World, authority: Callable[[httpx.Request], httpx.Response], **options: Any) -> httpx.Response:
    """Call the API once, in virtual time."""
    clock = VirtualClock()
    client = world.mocked(authority, auth=scheme(clock=clock, **options), clock=clock)
    answer: httpx.Response = world(client.get("/items", params={"page": 2}))
    return answer


def test_a_token_request_has_a_proof(world: World, authority: Bound) -> None:
    """For its method and URL, at this moment."""
    call(world, authority)

    first = authority.proofs[0]
    assert {"jti": first["jti"], "htm": "POST", "htu": TOKEN_URL, "iat": NOW} == first


def test_a_call_has_a_proof_of_its_own(world: World, authority: Bound) -> None:
    """For its URL without the query, and for this token."""
    call(world, authority)

    digest = hashlib.sha256(b"token-1").digest()
    ath = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    last = authority.proofs[-1]
    assert {"jti": last["jti"], "htm": "GET", "htu": f"{API}/items", "iat": NOW, "ath": ath} == last


def test_the_token_is_of_that_kind(world: World, authority: Bound) -> None:
    """So a server that does not know it refuses."""
    call(world, authority)

    assert ["DPoP token-1"] == authority.sent


def test_every_proof_is_by_the_same_key(world: World, authority: Bound) -> None:
    """Of which the public half is shown, and no more."""
    call(world, authority)

    keys = [jwt.get_unverified_header(each.headers["dpop"])["jwk"] for each in authority.requests]
    assert ({"kty", "crv", "x", "y"}, keys[0]) == (set(keys[0]), keys[1])


def test_each_scheme_has_a_key_of_its_own(authority: Bound) -> None:
    """Unless one is given."""
    for _ in range(2):
        made = scheme(transport=httpx.MockTransport(authority))
        made.run(made.fetch(None))

    keys = [jwt.get_unverified_header(each.headers["dpop"])["jwk"]["x"] for each in authority.requests]
    assert 2 == len(set(keys))


PRIVATE: dict[str, Callable[[], Any]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


ELLIPTIC = SigningKey(pem(ec.generate_private_key(ec.SECP256R1())), "ES256")


@pytest.mark.parametrize("algorithm", sorted(PRIVATE))
def test_a_key_may_be_given(authority: Bound, algorithm: str) -> None:
    """So that tokens in a store are still good after the program has ended."""
    made = scheme(dpop=SigningKey(pem(PRIVATE[algorithm]()), algorithm), transport=httpx.MockTransport(authority))
    made.run(made.fetch(None))

    assert "POST" == authority.proofs[0]["htm"]


def test_each_attempt_has_another_proof(world: World, authority: Bound) -> None:
    """A server may take each only once."""
    statuses = [503, 200]

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.test":
            authority.requests.append(request)
            return httpx.Response(statuses.pop(0), headers={"Retry-After": "0"})
        return authority(request)

    world(world.mocked(handler, auth=scheme(), retry=2).get("/items"))

    assert 3 == len({each["jti"] for each in authority.proofs})


def test_a_token_endpoint_may_want_a_nonce(world: World, authority: Bound) -> None:
    """It is sent once more with it, and with another proof."""
    authority.wants["login.test"] = "n-1"
    call(world, authority)

    nonces = [each.get("nonce") for each in authority.proofs]
    assert ([None, "n-1", None], 3) == (nonces, len({each["jti"] for each in authority.proofs}))


def test_an_assertion_of_the_client_is_made_anew_for_a_nonce(world: World, authority: Bound) -> None:
    """A server may take each only once."""
    authority.wants["login.test"] = "n-1"
    clock = VirtualClock()
    auth = ClientCredentials(TOKEN_URL, "acme", ELLIPTIC, dpop=True, clock=clock)
    world(world.mocked(authority, auth=auth, clock=clock).get("/items"))

    assert 2 == len(set(written(authority, "client_assertion")))


def test_an_assertion_that_is_a_grant_is_made_anew_for_a_nonce(world: World, authority: Bound) -> None:
    """Beside that of the client, which is sent along."""
    authority.wants["login.test"] = "n-1"
    clock = VirtualClock()
    vouched: Any = {"iss": "acme", "client_id": "acme", "client_secret": ELLIPTIC}
    auth = JWTBearer(TOKEN_URL, ELLIPTIC, dpop=True, clock=clock, **vouched)
    world(world.mocked(authority, auth=auth, clock=clock).get("/items"))

    assert (2, 2) == tuple(len(set(written(authority, name))) for name in ("assertion", "client_assertion"))


def written(authority: Bound, name: str) -> list[str]:
    """What the forms of all token requests say of that."""
    return [dict(parse_qsl(each.content.decode()))[name] for each in authority.requests if each.method == "POST"]


def test_an_api_may_want_a_nonce(world: World, authority: Bound) -> None:
    """It is sent once more with it, and the token is not renewed."""
    authority.wants["api.test"] = "n-1"
    call(world, authority)

    assert ([None, None, "n-1"], 1) == ([each.get("nonce") for each in authority.proofs], authority.issued)


def test_a_nonce_is_remembered(world: World, authority: Bound) -> None:
    """Until there is another one."""
    clock = VirtualClock()
    client = world.mocked(authority, auth=scheme(clock=clock), clock=clock)
    for nonce in ("n-1", "n-1", "n-2"):
        authority.wants["api.test"] = nonce
        world(client.get("/items"))

    assert [None, None, "n-1", "n-1", "n-1", "n-2"] == [each.get("nonce") for each in authority.proofs]


def test_threads_that_want_the_same_nonce_at_once_all_have_it(authority: Bound) -> None:
    """Each of their calls is sent once more, though another has learnt the nonce before."""
    authority.wants["api.test"] = "n-1"
    together = threading.Barrier(CROWD, timeout=30)

    def handler(request: httpx.Request) -> httpx.Response:
        answer = authority(request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            _ = together.wait()
        return answer

    client = Client(base_url=API, auth=scheme(), transport=httpx.MockTransport(handler), retry=False)
    with client, ThreadPoolExecutor(CROWD) as pool:
        statuses = list(pool.map(lambda _: client.get("/items").status_code, range(CROWD)))

    assert [200] * CROWD == statuses


async def test_tasks_that_want_the_same_nonce_at_once_all_have_it(authority: Bound) -> None:
    """On asyncio and on trio."""
    authority.wants["api.test"] = "n-1"
    together, statuses = anyio.Event(), list[int]()

    async def handler(request: httpx.Request) -> httpx.Response:
        answer = authority(request)
        if len(authority.requests) > CROWD:  # one of them is for the token
            together.set()
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await together.wait()
        return answer

    async def call(client: Client[Async]) -> None:
        statuses.append((await client.get("/items")).status_code)

    client = Client[Async](base_url=API, auth=scheme(), transport=httpx.MockTransport(handler), retry=False)
    async with client, anyio.create_task_group() as group:
        for _ in range(CROWD):
            group.start_soon(call, client)

    assert [200] * CROWD == statuses


def test_a_nonce_is_asked_for_once(world: World, authority: Bound) -> None:
    """A server that is never content is told so."""
    numbers = iter(range(9))

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.test":
            return authority(request)
        authority.wants["api.test"] = f"n-{next(numbers)}"
        return authority(request)

    with pytest.raises(AuthError, match="a token that is new is refused"):
        call(world, handler)

    assert 3 == len(authority.requests)


@pytest.mark.parametrize("nonce", ["", "n" * 2000])
def test_a_nonce_that_is_none_is_not_taken(world: World, authority: Bound, nonce: str) -> None:
    """Nothing is sent again for it."""
    authority.wants["login.test"] = nonce
    with pytest.raises(AuthError, match="use_dpop_nonce"):
        call(world, authority)

    assert 1 == len(authority.requests)


def test_a_body_that_can_be_sent_once_is(world: World, authority: Bound) -> None:
    """A nonce is no reason to send half of it."""
    authority.wants["api.test"] = "n-1"
    clock = VirtualClock()
    client = world.mocked(authority, auth=scheme(clock=clock), clock=clock)
    with pytest.raises(AuthError):
        world(client.post("/items", content=iter([b"once"])))

    assert 2 == len(authority.requests)


def test_a_refused_token_is_renewed(world: World, authority: Bound) -> None:
    """A 401 without a wish for a nonce is about the token."""
    clock = VirtualClock()
    client = world.mocked(authority, auth=scheme(clock=clock), clock=clock)
    world(client.get("/items"))
    authority.expel()
    clock.sleep(10)
    world(client.get("/items"))

    assert ["DPoP token-1", "DPoP token-1", "DPoP token-2"] == authority.sent


def test_a_token_that_is_not_bound_is_refused(world: World, authority: Bound) -> None:
    """Whoever asks for the protection does not go on without it (section 5)."""
    authority.extra = {"token_type": "Bearer"}
    with pytest.raises(AuthError, match="token_type"):
        call(world, authority)

    assert [] == authority.sent


def test_nonces_of_many_servers_are_not_kept_for_ever(authority: Bound) -> None:
    """A scheme may be used by clients of any number; the first are forgotten."""
    authority.good.add("token-1")
    transport = httpx.MockTransport(lambda request: nonced(authority, request))
    with httpx.Client(transport=transport, auth=scheme(transport=transport)) as client:
        for name in [*range(MOST), 0]:
            client.get(f"https://{name}.test/")

    assert "nonce" not in authority.proofs[-1]


def nonced(authority: Bound, request: httpx.Request) -> httpx.Response:
    """An answer with a nonce for the next request."""
    if request.url.host == "login.test":
        answer = authority(request)
    else:
        authority.requests.append(request)
        answer = httpx.Response(200)
    answer.headers["DPoP-Nonce"] = "n-1"
    return answer


def test_a_refresh_token_is_bound_too(authority: Bound) -> None:
    """Of a public client it is good only with the key."""
    made = RefreshToken(TOKEN_URL, "refresh-0", "acme", dpop=True, transport=httpx.MockTransport(authority))
    made.run(made.fetch(None))

    assert TOKEN_URL == authority.proofs[0]["htu"]


def test_what_is_no_key_is_refused() -> None:
    """When the scheme is made."""
    with pytest.raises(ConfigError) as caught:
        scheme(dpop="yes")

    assert "dpop" == caught.value.field


def test_it_works_in_a_bare_httpx_client(authority: Bound) -> None:
    """Nonces included."""
    authority.wants = {"api.test": "n-1", "login.test": "n-2"}
    transport = httpx.MockTransport(authority)
    with httpx.Client(transport=transport, auth=scheme(transport=transport)) as client:
        answer = client.get(f"{API}/items")

    assert (200, ["DPoP token-1"]) == (answer.status_code, authority.sent)


async def test_it_works_in_a_bare_awaiting_httpx_client(authority: Bound) -> None:
    """On asyncio and on trio."""
    authority.wants = {"api.test": "n-1", "login.test": "n-2"}
    transport = httpx.MockTransport(authority)
    async with httpx.AsyncClient(transport=transport, auth=scheme(transport=transport)) as client:
        answer = await client.get(f"{API}/items")

    assert (200, ["DPoP token-1"]) == (answer.status_code, authority.sent)


def test_the_body_of_an_api_is_left_to_the_caller(authority: Bound) -> None:
    """An API speaks in its challenge; what it streams is not read for a wish."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.test":
            return authority(request)
        return httpx.Response(400, content=iter([b'{"error": "use_dpop_nonce"}']), headers={"DPoP-Nonce": "n-1"})

    transport = httpx.MockTransport(handler)
    with httpx.Client(transport=transport, auth=scheme(transport=transport)) as client:
        answer = client.get(f"{API}/items")

    assert {"error": "use_dpop_nonce"} == answer.json()


def test_an_error_of_another_kind_stands(world: World, authority: Bound) -> None:
    """A nonce beside it is remembered, and no reason to send it again."""
    authority.script = [refusal("invalid_client", status=401)]
    authority.script[0].headers["DPoP-Nonce"] = "n-1"  # type: ignore[union-attr] # it is an answer
    with pytest.raises(AuthError, match="invalid_client"):
        call(world, authority)

    assert 1 == len(authority.requests)
