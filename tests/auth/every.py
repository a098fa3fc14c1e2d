"""Every scheme there is, each with a canary for its secrets, and the servers that they need."""

from __future__ import annotations

import logging
import pickle
import secrets
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx

from restkit import APIKey, Basic, Bearer, Client, RestkitError, Scheme
from restkit.auth import (
    HMAC,
    JWT,
    AccessKey,
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    Digest,
    JWTBearer,
    Login,
    LoginCall,
    MessageSignatures,
    RefreshToken,
    RegistryBearer,
    RotatingKeys,
    SigV4,
    TokenExchange,
)
from restkit.credentials.token import Token
from restkit.flow import World, run
from restkit.testing import VirtualClock

API, ELSEWHERE, LOGIN = "https://api.test", "https://other.test", "https://login.test"
TOKENS = f"{LOGIN}/token"
Make = Callable[..., Scheme]
"""Makes a scheme whose secrets all have the canary in them; `transport` is what token requests go over."""


def canary() -> str:
    """A secret to be looked for: of 64 letters, which any algorithm takes for a key."""
    return f"c4n4ry{secrets.token_hex(29)}"


def signed_in(scheme: AuthorizationCode | DeviceCode, secret: str) -> Scheme:
    """A scheme whose user has signed in."""
    run(scheme.keeper.hold(Token(value=f"{secret}-first", lifetime=3600, refresh_token=f"{secret}-again")), World())
    return scheme


EVERY: Mapping[str, Make] = {
    "bearer": lambda secret, **_: Bearer(secret),
    "bearer of a function": lambda secret, **_: Bearer(lambda: secret),
    "basic": lambda secret, **_: Basic("ada", secret),
    "key in a header": lambda secret, **_: APIKey(secret, header="X-Odd"),
    "key in the query": lambda secret, **_: APIKey(secret, query="odd"),
    "key in a cookie": lambda secret, **_: APIKey(secret, cookie="odd"),
    "rotating keys": lambda secret, **_: RotatingKeys([f"{secret}-one", f"{secret}-two"], header="X-Odd"),
    "client credentials, basic": lambda secret, **to: ClientCredentials(TOKENS, "me", secret, **to),
    "client credentials, post": lambda secret, **to: ClientCredentials(TOKENS, "me", secret, method="post", **to),
    "client credentials, jwt": lambda secret, **to: ClientCredentials(TOKENS, "me", secret, method="jwt", **to),
    "refresh token": lambda secret, **to: RefreshToken(TOKENS, secret, "me", **to),
    "authorization code": lambda secret, **to: signed_in(
        AuthorizationCode(f"{LOGIN}/authorize", TOKENS, "me", secret, **to), secret
    ),
    "device code": lambda secret, **to: signed_in(DeviceCode(f"{LOGIN}/device", TOKENS, "me", secret, **to), secret),
    "jwt bearer": lambda secret, **to: JWTBearer(TOKENS, secret, **to),
    "token exchange": lambda secret, **to: TokenExchange(TOKENS, secret, client_id="me", **to),
    "dpop": lambda secret, **to: ClientCredentials(TOKENS, "me", secret, dpop=True, **to),
    "login": lambda secret, **to: Login(LoginCall(f"{LOGIN}/login", json={"user": "ada", "password": secret}), **to),
    "login with a form, in a cookie": lambda secret, **to: Login(
        LoginCall(f"{LOGIN}/login", form={"user": "ada", "word": lambda: secret}), cookie="odd", **to
    ),
    "jwt": lambda secret, **_: JWT(secret, issuer="me"),
    "digest": lambda secret, **_: Digest("ada", secret),
    "registry": lambda secret, **to: RegistryBearer("ada", secret, realms=["login.test"], **to),
    "hmac": lambda secret, **_: HMAC(secret, template="{method}{path}", headers={"X-Signed": "{signature}"}),
    "sigv4": lambda secret, **_: SigV4(AccessKey("id", secret, secret), region="r", service="s"),
    "sigv4 in the query": lambda secret, **_: SigV4(AccessKey("id", secret), region="r", service="s", query=True),
    "message signatures": lambda secret, **_: MessageSignatures("me", secret, algorithm="hmac-sha256"),
}


DEMANDS = {
    "digest": 'Digest realm="r", nonce="n", qop="auth"',
    "registry": f'Bearer realm="{TOKENS}", service="s", scope="repository:a:pull"',
}
"""What the API demands of who comes without."""


class Servers:
    """An API that redirects as it is asked, whatever stands elsewhere, and an authorization server."""

    def __init__(self, name: str, secret: str, *, status: int = 200, login: int = 200) -> None:
        self.secret, self.status, self.login = secret, status, login
        self.kind = "DPoP" if name == "dpop" else "Bearer"
        self._demand = DEMANDS.get(name)
        self.came: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        _ = request.read()
        if request.url.host == "login.test":
            return self.tokens()
        if self._demand and request.url.path in {"/a", "/go"} and "authorization" not in request.headers:
            return httpx.Response(401, headers={"WWW-Authenticate": self._demand})
        self.came.append(request)
        where = request.url.params.get("to")
        if where is not None and request.url.path in {"/go", "/on"}:
            return httpx.Response(302, headers={"Location": where})
        return httpx.Response(self.status, json={"came": str(request.url), "headers": dict(request.headers)})

    def tokens(self) -> httpx.Response:
        """A token, or a refusal that repeats the secret."""
        if self.login != httpx.codes.OK:
            said = {"error": "invalid_client", "error_description": f"not with {self.secret}"}
            return httpx.Response(self.login, json=said)
        said = {"access_token": f"{self.secret}-access", "refresh_token": f"{self.secret}-refresh"}
        return httpx.Response(200, json={**said, "token_type": self.kind, "expires_in": 3600})


OUTCOMES = ((200, 200), (401, 200), (500, 200), (200, 401), (200, 500))
"""What the API and the authorization server answer."""


def traces_of(name: str, secret: str, status: int, login: int) -> list[str]:
    """All that can be seen of a call with a scheme: what is shown, logged, raised and pickled."""
    at = Servers(name, secret, status=status, login=login)
    scheme, seen = EVERY[name](secret), list[str]()
    transport, clock = httpx.MockTransport(at), VirtualClock()  # a failing token endpoint is asked again after a while
    with listening(seen), Client(base_url=API, transport=transport, auth=scheme, retry=False, clock=clock) as client:
        try:
            seen.append(repr(client.get("/a")))
        except RestkitError as error:
            seen += shown(error)
        seen += [repr(scheme), str(scheme), repr(client), repr(client.settings)]
    return [*seen, *pickled(scheme)]


def shown(error: BaseException) -> Iterator[str]:
    """All that can be seen of an error, and of what caused it."""
    yield from traceback.format_exception(error)
    cause: BaseException | None = error
    while cause is not None:
        yield from (str(cause), repr(cause), repr(getattr(cause, "__dict__", {})))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, RestkitError):
        yield repr(pickle.dumps(error))


def pickled(scheme: Scheme) -> Iterator[str]:
    """A scheme on disk, if that can be."""
    try:
        yield repr(pickle.dumps(scheme))
    except TypeError as error:
        yield str(error)


@contextmanager
def listening(seen: list[str]) -> Iterator[None]:
    """Keep what is logged and warned meanwhile."""
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage() + repr(record.__dict__))  # type: ignore[method-assign]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            yield
        seen += [str(each.message) for each in warned]
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
