"""Schemes of authentication and real servers: each grant, in each world; tokens that end under way; digest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from typing_extensions import override

from restkit import AsyncClient, AuthError, Client, Clock, Flow, Sync
from restkit.auth import (
    AuthorizationCode,
    ClientCredentials,
    Device,
    DeviceCode,
    Digest,
    JWTBearer,
    RefreshToken,
    SigningKey,
    Token,
    TokenExchange,
)
from restkit.stores import FileTokens
from restkit.tokens import TokenScheme
from tests.client.worlds import World
from tests.servers.authorizing import ODD, OIDC, TOOLKIT, Paths, browsed, seen, sent_back
from tests.servers.running import Running
from tests.servers.served import Served

pytestmark = pytest.mark.server

HOUR = 3600.0
BACK = "http://127.0.0.1:9/callback"
SLOW = "/api?seconds=0.5"
"""A call that takes a quarter of the time that a short token is good for."""
WORLDS = ("blocking", "asyncio", "trio")


def secret(client_id: str) -> str:
    """What oidc-provider's clients are known by."""
    return f"{client_id}-secret-of-thirty-two-bytes-and-more"


class Hasty(Clock):
    """Time that can be moved on, and in which nobody sleeps."""

    def __init__(self) -> None:
        self.ahead = 0.0

    @override
    def now(self) -> float:
        """Seconds that have passed."""
        return super().now() + self.ahead

    @override
    def wall(self) -> float:
        """Seconds since 1970."""
        return super().wall() + self.ahead

    @override
    def sleep(self, seconds: float) -> None:
        """Go on."""

    @override
    async def asleep(self, seconds: float) -> None:
        """Let others go on."""
        await anyio.lowlevel.checkpoint()


class Api:
    """A client of a server's API, in one of the worlds."""

    def __init__(self, world: World, address: str, auth: Any, **settings: Any) -> None:
        self.world: World = world
        self.client: Client[Any] = world.client(base_url=address, auth=auth, retry=False, **settings)

    def __call__(self, path: str = "/api") -> Any:
        """What the API says of the token that it was called with."""
        return self.world(self.client.get(path)).data

    def run(self, flow: Flow[Any]) -> Any:
        """Run a flow of the scheme's."""
        return self.world(self.client.execute(flow))


@pytest.fixture
def oidc(served: Served) -> Running:
    """The certified one."""
    return served(OIDC.name)


@pytest.fixture(params=[OIDC, TOOLKIT], ids=lambda each: each.name)
def paths(request: pytest.FixtureRequest) -> Paths:
    """Each of the servers that authorize."""
    of_one: Paths = request.param
    return of_one


@pytest.fixture
def address(served: Served, paths: Paths) -> str:
    """Its address, which is its issuer's name, too."""
    return served(paths.name).address


def key_of(oidc: Running, name: str, kid: str) -> SigningKey:
    """The private key of one of oidc-provider's clients."""
    pem = (oidc.log.parent / f"{name}.pem").read_text(encoding="ascii")
    return SigningKey(pem, name.upper(), kid=kid)


Secret = Callable[[Running], dict[str, Any]]
CLIENTS: dict[str, Secret] = {
    "basic": lambda _: {"client_secret": secret("basic")},
    "post": lambda _: {"client_secret": secret("post"), "method": "post"},
    "secret-jwt": lambda _: {"client_secret": secret("secret-jwt"), "method": "jwt"},
    "rs256": lambda oidc: {"client_secret": key_of(oidc, "rs256", "rsa")},
    "es256": lambda oidc: {"client_secret": key_of(oidc, "es256", "ec")},
    ODD[0]: lambda _: {"client_secret": ODD[1]},
}


@pytest.mark.parametrize("client_id", CLIENTS)
def test_client_credentials(world: World, oidc: Running, client_id: str) -> None:
    """However a client shows who it is."""
    auth = ClientCredentials(issuer=oidc.address, client_id=client_id, **CLIENTS[client_id](oidc))

    assert client_id == Api(world, oidc.address, auth)()["client"]


@pytest.mark.parametrize(
    ("client_id", "method"), [("basic", "basic"), ("basic", "post"), (ODD[0], "basic"), (ODD[0], "post")]
)
def test_client_credentials_of_the_toolkit(world: World, served: Served, client_id: str, method: Any) -> None:
    """In a header or in the form, and reserved characters in both."""
    address = served(TOOLKIT.name).address
    auth = ClientCredentials(f"{address}/o/token/", client_id, ODD[1], method=method, scope="read")

    assert client_id == Api(world, address, auth)()["client"]


def test_a_secret_that_is_wrong(world: World, address: str, paths: Paths) -> None:
    """Is told, and not shown."""
    auth = ClientCredentials(f"{address}{paths.token}", "basic", "wr0ng-secret")
    with pytest.raises(AuthError) as caught:
        Api(world, address, auth)()

    assert ("invalid_client", False) == (caught.value.code, "wr0ng" in str(caught.value))


def test_somebody_signs_in_with_a_browser(world: World, address: str, paths: Paths) -> None:
    """And comes back to this machine."""
    auth = AuthorizationCode(issuer=address, client_id="public", scope=paths.scope)
    api = Api(world, address, auth)
    _ = api.run(auth.sign_in(browsed))

    assert {"client": "public", "sub": "alice"} == {name: api()[name] for name in ("client", "sub")}


def test_somebody_comes_back_to_a_web_application(world: World, address: str, paths: Paths) -> None:
    """Which has a secret of its own."""
    known = secret("code") if paths is OIDC else ODD[1]
    options: Any = {"redirect_url": BACK, "issuer": address, "scope": paths.scope}
    auth = AuthorizationCode(client_id="code", client_secret=known, **options)
    api = Api(world, address, auth)
    begun = api.run(auth.begin())
    _ = api.run(auth.finish(sent_back(begun.url), begun))

    assert {"client": "code", "sub": "alice"} == {name: api()[name] for name in ("client", "sub")}


def test_what_comes_back_belongs_to_one_authorization(world: World, address: str, paths: Paths) -> None:
    """And to no other, whoever sends it."""
    auth = AuthorizationCode(issuer=address, client_id="public", scope=paths.scope, redirect_url=BACK)
    api = Api(world, address, auth)
    first, second = api.run(auth.begin()), api.run(auth.begin())
    with pytest.raises(AuthError, match="another state"):
        api.run(auth.finish(sent_back(first.url), second))


def signed_in(world: World, address: str, paths: Paths, **options: Any) -> tuple[Api, AuthorizationCode, Hasty]:
    """Somebody who has signed in, and a clock that can be moved on."""
    clock = Hasty()
    auth = AuthorizationCode(issuer=address, client_id="public", scope=paths.scope, clock=clock, **options)
    api = Api(world, address, auth)
    _ = api.run(auth.sign_in(browsed))
    return api, auth, clock


def test_refresh_tokens_rotate(world: World, address: str, paths: Paths) -> None:
    """With each token that ends."""
    api, _, clock = signed_in(world, address, paths)
    tokens = set[str]()
    for _ in range(4):
        tokens.add(api()["token"])
        clock.ahead += HOUR

    assert 4 == len(tokens)


def test_a_refresh_token_that_was_stolen(world: World, address: str, paths: Paths) -> None:
    """Once a second one uses it, it is good for neither: sign in again."""
    api, auth, clock = signed_in(world, address, paths)
    stolen = latest(api, auth).refresh_token or ""
    clock.ahead += HOUR
    _ = api()
    thief = RefreshToken(f"{address}{paths.token}", stolen, "public")
    with pytest.raises(AuthError, match="sign in again"):
        Api(world, address, thief)()
    clock.ahead += HOUR
    with pytest.raises(AuthError, match="sign in again"):
        api()


def latest(api: Api, auth: TokenScheme) -> Token:
    """The token that is used now."""
    token: Token = api.run(auth.keeper.current())
    return token


def test_a_token_outlives_the_program(world: World, address: str, paths: Paths, tmp_path: Path) -> None:
    """In a file; the next one goes on with the last refresh token."""
    store = FileTokens(tmp_path / "own" / "tokens.json")
    api, _, clock = signed_in(world, address, paths, store=store, key="me")
    clock.ahead += HOUR
    before = api()["token"]
    later = Hasty()
    later.ahead = 2 * HOUR
    again = AuthorizationCode(issuer=address, client_id="public", scope=paths.scope, clock=later, store=store, key="me")
    after = Api(world, address, again)()

    assert ("alice", True) == (after["sub"], before != after["token"])


def test_a_device(world: World, address: str, paths: Paths) -> None:
    """Shows a code, and waits until it is entered."""
    auth = DeviceCode(**device_of(address, paths))
    api = Api(world, address, auth, clock=Hasty())
    _ = api.run(auth.sign_in(approved))

    assert {"client": paths.device_client, "sub": "alice"} == {name: api()[name] for name in ("client", "sub")}


def test_a_device_that_is_refused(world: World, address: str, paths: Paths) -> None:
    """Is told so."""
    auth = DeviceCode(**device_of(address, paths))
    with pytest.raises(AuthError) as caught:
        Api(world, address, auth, clock=Hasty()).run(auth.sign_in(refused))

    assert "access_denied" == caught.value.code


def device_of(address: str, paths: Paths) -> dict[str, Any]:
    """What a device knows of the server."""
    urls = {"device_url": f"{address}{paths.device}", "token_url": f"{address}{paths.token}"}
    return {**urls, "client_id": paths.device_client, "scope": paths.scope}


def approved(device: Device) -> None:
    """Enter the code."""
    seen(device.complete_url or "")


def refused(device: Device) -> None:
    """Say no."""
    seen(f"{device.complete_url}&refuse")


@pytest.mark.parametrize(("name", "kid"), [("rs256", "rsa"), ("es256", "ec")])
def test_an_assertion(world: World, oidc: Running, name: str, kid: str) -> None:
    """By which a client acts for somebody."""
    key = key_of(oidc, name, kid)
    auth = JWTBearer(issuer=oidc.address, assertion=key, iss=name, sub="bob", client_id=name, client_secret=key)
    said = Api(world, oidc.address, auth)()

    assert {"client": name, "sub": "bob"} == {each: said[each] for each in ("client", "sub")}


def test_a_token_in_exchange(world: World, oidc: Running) -> None:
    """For somebody else's."""
    api, auth, _ = signed_in(world, oidc.address, OIDC)
    subject = latest(api, auth).value
    client = {"client_id": "basic", "client_secret": secret("basic")}
    exchange = TokenExchange(issuer=oidc.address, subject_token=subject, **client)
    said = Api(world, oidc.address, exchange)()

    assert {"client": "basic", "sub": "alice"} == {each: said[each] for each in ("client", "sub")}


@pytest.mark.parametrize("client_id", ["basic", "nonce"])
def test_a_token_that_is_bound_to_a_key(world: World, oidc: Running, client_id: str) -> None:
    """Is proven with each call; a server may want a number of its own in the proof."""
    options: Any = {"client_secret": secret(client_id), "dpop": True}
    api = Api(world, oidc.address, ClientCredentials(issuer=oidc.address, client_id=client_id, **options))

    assert ["DPoP"] * 3 == [api()["kind"] for _ in range(3)]


def test_a_token_that_is_revoked(world: World, address: str, paths: Paths) -> None:
    """Is forgotten here, and good for nothing there."""
    api, auth, _ = signed_in(world, address, paths)
    token = latest(api, auth)
    api.run(auth.revoke())
    thief = RefreshToken(f"{address}{paths.token}", token.refresh_token or "", "public")
    for each in (api, Api(world, address, thief)):
        with pytest.raises(AuthError, match=r"signed in yet|sign in again"):
            each()


def test_a_token_that_the_api_refuses(world: World, oidc: Running) -> None:
    """Is replaced by another, once, and the call is sent again."""
    clock = Hasty()
    known: Any = {"client_id": "basic", "client_secret": secret("basic")}
    auth = ClientCredentials(issuer=oidc.address, clock=clock, **known)
    api = Api(world, oidc.address, auth)
    before = api()["token"]
    form = {"token": latest(api, auth).value}
    with httpx.Client(base_url=oidc.address, trust_env=False, auth=("basic", secret("basic"))) as plain:
        _ = plain.post("/token/revocation", data=form).raise_for_status()
    clock.ahead += 60.0

    assert before != api()["token"]


def test_a_bare_client_of_httpx(address: str, paths: Paths) -> None:
    """Has the same schemes."""
    with httpx.Client(auth=short(address, paths), trust_env=False) as plain:
        assert 200 == plain.get(f"{address}/api").status_code


async def test_a_bare_client_of_httpx_awaiting(address: str, paths: Paths) -> None:
    """Likewise."""
    async with httpx.AsyncClient(auth=short(address, paths), trust_env=False) as plain:
        assert 200 == (await plain.get(f"{address}/api")).status_code


def short(address: str, paths: Paths) -> ClientCredentials:
    """A client whose tokens are good for two seconds."""
    known = ("short-basic", secret("short-basic")) if paths is OIDC else ("basic", ODD[1])
    return ClientCredentials(f"{address}{paths.token}", *known, scope=paths.scope)


def test_tokens_end_under_way(served: Served) -> None:
    """And nobody notices: on each server, in each world, side by side, since it takes three seconds."""
    pairs = list(itertools.product((OIDC, TOOLKIT), WORLDS))
    addresses = [served(paths.name).address for paths, _ in pairs]
    with ThreadPoolExecutor(len(pairs)) as pool:
        used = list(pool.map(tokens_used, addresses, *zip(*pairs, strict=True)))

    assert [True] * len(pairs) == [len(each) > 1 for each in used]


def tokens_used(address: str, paths: Paths, world: str) -> set[str]:
    """Go on for longer than a token is good for, and tell which ones were used."""
    if world != "blocking":
        return anyio.run(tokens_used_awaiting, address, paths, backend=world)
    with Client[Sync](base_url=address, auth=short(address, paths)) as client:
        return {client.get(SLOW).data["token"] for _ in range(6)}


async def tokens_used_awaiting(address: str, paths: Paths) -> set[str]:
    """Likewise."""
    async with AsyncClient(base_url=address, auth=short(address, paths)) as client:
        return {(await client.get(SLOW)).data["token"] for _ in range(6)}


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512"])
def test_digest_by_httpx(world: World, served: Served, algorithm: str) -> None:
    """As any scheme of httpx's, it works in a client of ours."""
    api = Api(world, served("httpbin").address, httpx.DigestAuth("user", "secret"))

    assert ["user"] * 2 == [api(f"/digest-auth/auth/user/secret/{algorithm}")["user"] for _ in range(2)]


@pytest.mark.parametrize("protection", ["auth", "auth-int"])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512"])
def test_digest(world: World, served: Served, algorithm: str, protection: str) -> None:
    """Ours, which signs the body as well."""
    api = Api(world, served("httpbin").address, Digest("user", "secret"))

    assert ["user"] * 2 == [api(f"/digest-auth/{protection}/user/secret/{algorithm}")["user"] for _ in range(2)]


def test_a_crowd_shares_one_token(world: World, oidc: Running) -> None:
    """Whoever comes while it is asked for."""
    known: Any = {"client_id": "basic", "client_secret": secret("basic")}
    api = Api(world, oidc.address, ClientCredentials(issuer=oidc.address, **known))

    assert 1 == len({each.data["token"] for each in together(world, [api] * 20)})


def test_whoever_shares_a_store_uses_no_refresh_token_twice(
    world: World, address: str, paths: Paths, tmp_path: Path
) -> None:
    """The server would have all of them sign in again: each is a program of its own, and all of their tokens end."""
    store = FileTokens(tmp_path / "own" / "tokens.json")
    _ = signed_in(world, address, paths, store=store, key="me")
    clocks = [Hasty() for _ in range(5)]
    options: Any = {"issuer": address, "client_id": "public", "scope": paths.scope, "store": store, "key": "me"}
    apis = [Api(world, address, AuthorizationCode(clock=clock, **options)) for clock in clocks]
    answers: list[Any] = []
    for _ in range(3):
        for clock in clocks:
            clock.ahead += HOUR
        answers += together(world, apis)

    assert ["alice"] * 15 == [each.data["sub"] for each in answers]


def together(world: World, apis: Sequence[Api]) -> list[Any]:
    """Have all of them call at once."""

    async def all_of_them() -> list[Any]:
        """All at once."""
        answers: list[Any] = []
        async with anyio.create_task_group() as group:
            for each in apis:
                group.start_soon(call, each, answers)
        return answers

    async def call(api: Api, answers: list[Any]) -> None:
        """One of them."""
        answers.append(await api.client.get("/api"))

    if world.awaits:
        answers: list[Any] = world(all_of_them())
        return answers
    with ThreadPoolExecutor(len(apis)) as pool:
        return list(pool.map(lambda each: each.client.get("/api"), apis))
