"""Registry bearer: tokens that a server names in its challenge, as container registries do."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Collection
from typing import TYPE_CHECKING, cast

import httpx
from typing_extensions import override

from restkit.credentials.clear import is_loopback
from restkit.credentials.scheme import Proceed, Scheme
from restkit.credentials.secret import Value, ask, checked_password, checked_user, password_text
from restkit.credentials.token import Token
from restkit.errors import AuthError, ConfigError
from restkit.flow import Clock, Flow, Transport, World
from restkit.flow.original import Original
from restkit.policies.cookie import Origin
from restkit.policies.token_demand import TokenDemand, demand_of, error_of, space_of
from restkit.policies.token_life import UNKNOWN_LIFE
from restkit.tokens.answer import lifetime, members, refuse_error, text
from restkit.tokens.endpoint import Endpoint
from restkit.tokens.keeper import Keeper
from restkit.tokens.keepers import Keepers
from restkit.url import base_url, normal_host, origin
from restkit.url.site import is_same_site

if TYPE_CHECKING:
    import random

REFUSED = 401
HEADERS = {"Accept": "application/json", "User-Agent": "restkit"}
MOST_SPACES = 256
"""Repositories and paths whose demands are remembered."""


class RegistryBearer(Scheme):
    """Get the token that a server demands from where it says, and send it.

    Parameters: `user` and `password`, None for anybody; `realms`, the hosts to which these may go, besides those of the
    API's own site; `transport`, what token requests go over, by default what the client's go over; `allow_insecure`,
    whether they may go over plain http; `clock` and `dice`.

    A token is asked for once for all requests that need the same; what a repository demanded is known to the next
    request to it. Raises AuthError for a demand that is not to be met, and for a token that is refused though new.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        user: str | None = None,
        password: Value | None = None,
        *,
        realms: Collection[str] = (),
        transport: Transport | None = None,
        allow_insecure: bool = False,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        if (user is None) != (password is None):
            raise ConfigError("user, password", "must both be set, or neither", "pass both")
        self._user = None if user is None else checked_user(user)
        self._password = None if password is None else checked_password("password", password)
        self._realms = checked_hosts(realms)
        self._endpoint = Endpoint(transport, allow_insecure=allow_insecure, clock=clock, dice=dice)
        self._dice = dice
        self._keepers: Keepers[tuple[Origin, TokenDemand]] = Keepers(self._keeper)
        self._demands: OrderedDict[object, TokenDemand] = OrderedDict()

    @property
    @override
    def world(self) -> World:
        from restkit.credentials.bare import outside

        return outside()

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        original = Original(request)
        home = origin(request.url)
        space = home, space_of(request.method, request.url.path)
        known, token = self._demands.get(space), None
        if known is not None:
            token = yield from self._keepers.of((home, known)).current()
            place(request, token)
        response = yield from proceed(request)
        demand = demand_of(challenge_lines(response)) if response.status_code == REFUSED else None
        if demand is None:
            return response
        if not original.is_replayable:
            raise AuthError("the server demands a token, but the body can be sent only once", status=REFUSED)
        keeper = self._keepers.of((home, demand))
        self._remember(space, demand)
        is_same = token is not None and demand == known
        token = yield from (keeper.after_refusal(token) if token is not None and is_same else keeper.current())
        another = original.copy()
        place(another, token)
        response = yield from proceed(another)
        if response.status_code == REFUSED:
            code = error_of(challenge_lines(response))
            raise AuthError("a token that is new is refused", status=REFUSED, code=code)
        return response

    def _remember(self, space: object, demand: TokenDemand) -> None:
        """Know from now on what is demanded there."""
        self._demands[space] = demand  # each step is whole, whichever thread takes it
        if len(self._demands) > MOST_SPACES:
            _ = self._demands.popitem(last=False)

    def _keeper(self, what: tuple[Origin, TokenDemand]) -> Keeper:
        """Keeps the tokens of a demand that this origin has made."""
        (_, host, _), demand = what
        return Keeper(lambda _: self._fetch(host, demand), clock=self._endpoint.clock, dice=self._dice)

    def _fetch(self, host: str, demand: TokenDemand) -> Flow[Token]:
        url = self._checked(host, demand.realm)
        request = httpx.Request("GET", url.copy_merge_params(fields_of(demand)), headers=HEADERS)
        if self._user is not None and self._password is not None:
            password = yield from ask("password", self._password, password_text)
            both = f"{self._user}:{password}".encode()
            request.headers["Authorization"] = f"Basic {base64.b64encode(both).decode('ascii')}"
        response = yield from self._endpoint.ask(request, repeats=True)
        return token_in(response, self._endpoint.clock.wall())

    def _checked(self, host: str, realm: str) -> httpx.URL:
        """Where a token may be asked for. Raises AuthError for a realm that is none, or not to be trusted."""
        try:
            url = self._endpoint.checked("realm", realm)
        except ConfigError as error:
            raise AuthError(f"the realm that the server names {error.reason}") from None
        if is_loopback(url.host):
            if is_loopback(host):
                return url
            raise AuthError("the server names a realm on this machine")
        is_trusted = is_same_site(url.host, host) or normal_host(url.host) in self._realms
        if self._user is not None and not is_trusted:
            raise AuthError(
                f"the server would have the password go to {url.host}, which is of another site: "
                "if that is right, name it in realms"
            )
        return url


def place(request: httpx.Request, token: Token) -> None:
    """Put a token on a request."""
    request.headers["Authorization"] = f"Bearer {token.value}"


def challenge_lines(response: httpx.Response) -> list[str]:
    """What an answer demands."""
    return response.headers.get_list("www-authenticate")


def fields_of(demand: TokenDemand) -> dict[str, str | list[str]]:
    """What is asked of the realm."""
    service: dict[str, str | list[str]] = {} if demand.service is None else {"service": demand.service}
    return service | ({"scope": list(demand.scopes)} if demand.scopes else {})


def token_in(response: httpx.Response, wall: float) -> Token:
    """The token of an answer; it lives for a minute if nobody says. Raises AuthError."""
    refuse_error(response)
    said = members(response)
    seconds = lifetime(response, said.get("expires_in")) or UNKNOWN_LIFE
    value = text(response, said, "token" if said.get("token") else "access_token")
    return Token(value=value, lifetime=seconds, expires_at=wall + seconds)


def checked_hosts(given: object) -> frozenset[str]:
    """Hosts, or URLs of which the host counts. Raises ConfigError."""
    if isinstance(given, str) or not isinstance(given, Collection):
        raise ConfigError("realms", f"is of type {type(given).__name__}", "pass a list of hosts")
    hosts = cast("Collection[str]", given)
    try:
        return frozenset(normal_host(base_url(each if "://" in each else f"https://{each}").host) for each in hosts)
    except (ConfigError, TypeError):
        raise ConfigError("realms", "holds what is no host", "write them like auth.example.com") from None
