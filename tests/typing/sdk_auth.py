"""What a client can be told of authentication, and schemes of one's own, in both worlds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, assert_type

import httpx
from attrs import define

from restkit import (
    APIKey,
    Async,
    AsyncClient,
    Authenticate,
    Basic,
    Bearer,
    Client,
    EnvVar,
    Flow,
    M,
    Op,
    Pipeline,
    Resource,
    Scheme,
    Sync,
    Token,
    TokenStore,
    operation,
)
from restkit.auth import (
    Authorization,
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    JWTBearer,
    RefreshToken,
    SigningKey,
    TokenExchange,
    TokenScheme,
    discover,
)

T = TypeVar("T")


@define
class User:
    id: int


async def vault() -> str:
    return "secret"


def settings() -> None:
    assert_type(Client(base_url="https://api.test", auth=Bearer("t")), Client[Sync])
    assert_type(AsyncClient(base_url="https://api.test", auth=Bearer(vault)), AsyncClient)
    _ = Client(base_url="https://api.test", auth=("user", "password"), allow_insecure=True)
    _ = Client(base_url="https://api.test", auth=httpx.DigestAuth("user", "password"))
    _ = Client(auth=None)
    _ = Bearer(EnvVar("TOKEN")), Bearer(lambda: "t"), Basic("user", EnvVar("PASSWORD"))
    _ = APIKey("k", header="X-Key"), APIKey("k", query="key"), APIKey("k", cookie="key")
    _ = Pipeline([Authenticate(Bearer("t"), "https://api.test")])
    _ = httpx.Client(auth=Bearer("t"))
    _ = ClientCredentials("https://login.test/token", "id", EnvVar("SECRET"), scope="read")
    _ = RefreshToken("https://login.test/token", "r", "id")


async def grants(client: Client, aclient: AsyncClient) -> None:
    code = AuthorizationCode(client_id="id", issuer="https://login.test", dpop=True)
    device = DeviceCode(client_id="id", issuer="https://login.test", store=None)
    assert_type(client.execute(code.sign_in()), Token)
    assert_type(client.execute(code.begin()), Authorization)
    assert_type(await aclient.execute(device.sign_in(print)), Token)
    assert_type(code.run(device.revoke()), None)
    assert_type(await code.arun(code.begin()), Authorization)
    assert_type((await aclient.execute(discover("https://login.test"))).token_endpoint, str | None)
    _ = JWTBearer("https://login.test/token", SigningKey(EnvVar("KEY"), "ES256"), iss="id", early=60.0)
    _ = TokenExchange("https://login.test/token", lambda: "token", actor_token=EnvVar("ACTOR"), resource=["a", "b"])


class Stamped(Scheme):
    """Plain methods."""

    def authenticate(self, request: httpx.Request) -> None:
        request.headers["X-Stamp"] = "blue"

    def renew(self, request: httpx.Request, response: httpx.Response) -> bool:
        return response.status_code == request.extensions.get("wanted")


class Fetched(Scheme):
    """Flows."""

    def authenticate(self, request: httpx.Request) -> Flow[None]:
        yield from ()
        request.headers["X-Stamp"] = "blue"

    def renew(self, request: httpx.Request, response: httpx.Response) -> Flow[bool]:
        yield from ()
        return response.is_error and request.method == "GET"


class Grant(TokenScheme):
    """Tokens."""

    def fetch(self, old: Token | None) -> Flow[Token]:
        yield from ()
        return old or Token(value="t", expires_at=1.0, lifetime=2.0)


class Shelf:
    """A store."""

    def load(self, key: str) -> Flow[Token | None]:
        yield from ()
        return Token(value=key)

    def save(self, key: str, token: Token) -> Flow[None]:
        yield from ()
        assert_type(token.refresh_token, str | None)
        assert_type(key, str)

    def remove(self, key: str) -> Flow[None]:
        yield from ()
        assert_type(key, str)

    def exclusive(self, key: str, work: Callable[[], Flow[T]]) -> Flow[T]:
        assert_type(key, str)
        return (yield from work())


def stores() -> None:
    shelf: TokenStore = Shelf()
    _ = Grant(store=shelf, key="me", early=300.0)
    assert_type(Token.from_dict({"value": "t"}), Token)


class Users(Resource[User, M], path="users"):
    @operation(auth=None)
    def public(self, id: int) -> Op[User]:
        return self.call("GET", "{id}", id=id)


class Acme(Client[M], base_url="https://api.test", auth=Stamped()):
    users: Users[M]


def blocking(acme: Acme) -> None:
    assert_type(acme.users.get.with_options(auth=Bearer("t"))(1), User)
    assert_type(acme.users.public(1), User)
    assert_type(acme.with_options(auth=("user", "password")).users.get(1), User)
    _ = acme.get("/", auth=None)


async def awaiting(acme: Acme[Async]) -> None:
    assert_type(await acme.users.get.with_options(auth=Fetched())(1), User)
    assert_type(await acme.users.public(1), User)
