"""Where an authorization server has its endpoints: as it says itself (RFC 8414; OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from attrs import frozen

from restkit.errors import AuthError, ConfigError
from restkit.flow import Flow
from restkit.policies.checked import text
from restkit.tokens.answer import LONGEST, json_object
from restkit.tokens.endpoint import Endpoint

OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"
FOUND = 200
WORDS: Mapping[str, str] = {
    "authorization_endpoint": "authorize_url",
    "token_endpoint": "token_url",
    "device_authorization_endpoint": "device_url",
    "revocation_endpoint": "revocation_url",
}
"""The endpoints, and what their parameters are called here."""
KEPT = 3600.0
"""Seconds that what a server says is kept."""


@frozen
class Metadata:
    """What an authorization server says of itself (RFC 8414, section 2): what it does not speak of is None."""

    issuer: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    device_authorization_endpoint: str | None = None
    revocation_endpoint: str | None = None
    names_issuer: bool = False
    """Whether its answers to an authorization request name it (RFC 9207)."""
    challenges: tuple[str, ...] | None = None
    """How it can be shown a PKCE challenge."""


def locations(issuer: httpx.URL) -> tuple[str, str]:
    """Where a server's metadata may be: OpenID appends to the issuer, OAuth inserts before its path."""
    path = issuer.raw_path.decode("ascii").rstrip("/")
    origin = str(issuer.copy_with(raw_path=b"/")).rstrip("/")
    return f"{origin}{path}{OPENID}", f"{origin}{OAUTH}{path}"


def checked_issuer(endpoint: Endpoint, issuer: object) -> httpx.URL:
    """An issuer's URL, which has no query (RFC 8414, section 2). Raises ConfigError."""
    url = endpoint.checked("issuer", text("issuer", issuer))
    if url.query:
        raise ConfigError("issuer", "has a query", "write it as its metadata has it (RFC 8414, section 2)")
    return url


def discovered(endpoint: Endpoint, issuer: str) -> Flow[Metadata]:
    """Ask a server for its metadata, in both places. Raises AuthError if there is none, or it is of another issuer."""
    answers: list[str] = []
    for location in locations(checked_issuer(endpoint, issuer)):
        request = httpx.Request("GET", location, headers={"Accept": "application/json", "User-Agent": "restkit"})
        response = yield from endpoint.ask(request, repeats=True, may_redirect=True, who="the authorization server")
        said = json_object(response) if response.status_code == FOUND else None
        if said is not None:
            return metadata_of(said, issuer)
        answers.append("200 without JSON" if response.status_code == FOUND else str(response.status_code))
    answered = " and ".join(answers)
    reason = f"publishes no metadata, but answers {answered}: name its endpoints"
    raise AuthError(f"the authorization server {reason}", url=issuer)


def metadata_of(said: Mapping[str, Any], issuer: str) -> Metadata:
    """Metadata, read with care. Raises AuthError for another issuer: compared exactly (RFC 8414, section 3.3)."""
    if said.get("issuer") != issuer:
        raise AuthError("the metadata is of another issuer than the one asked for", url=issuer)
    challenges: object = said.get("code_challenge_methods_supported")
    return Metadata(
        issuer,
        text_or_none(said.get("authorization_endpoint")),
        text_or_none(said.get("token_endpoint")),
        text_or_none(said.get("device_authorization_endpoint")),
        text_or_none(said.get("revocation_endpoint")),
        names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        challenges=tuple(map(str, challenges)) if isinstance(challenges, list) else None,  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType] # of whatever JSON holds
    )


def text_or_none(said: object) -> str | None:
    """A text of a length that a URL may have."""
    return said if isinstance(said, str) and len(said) <= LONGEST else None


class Server:
    """An authorization server: endpoints that were named, and those that its issuer's metadata names.

    Raises ConfigError where neither would do.
    """

    def __init__(
        self, endpoint: Endpoint, issuer: str | None, named: Mapping[str, str | httpx.URL | None], needed: str
    ) -> None:
        self._endpoint = endpoint
        self.issuer: str | None = issuer
        self._named = {name: endpoint.checked(WORDS[name], url) for name, url in named.items() if url is not None}
        if issuer is not None:
            _ = checked_issuer(endpoint, issuer)
        elif needed not in self._named:
            raise ConfigError(WORDS[needed], "is not set", "name it, or the issuer, which tells where it is")
        self._said: Metadata | None = None
        self._until = 0.0

    def find(self, name: str) -> Flow[httpx.URL]:
        """An endpoint. Raises AuthError if the server does not have it, or not over https."""
        found = self._named.get(name)
        if found is not None:
            return found
        metadata = yield from self.metadata()
        said: str | None = None if metadata is None else getattr(metadata, name)
        if metadata is None or said is None:
            raise ConfigError(WORDS[name], "is not set, and nobody else names it", f"pass {WORDS[name]}=")
        try:
            return self._endpoint.checked(WORDS[name], said)
        except ConfigError as error:
            raise AuthError(f"the metadata cannot be used: {error.message}", url=metadata.issuer) from None

    def metadata(self) -> Flow[Metadata | None]:
        """What the server says, asked for once an hour; None if there is no issuer to ask."""
        now = self._endpoint.clock.now()
        if self.issuer is not None and (self._said is None or now >= self._until):
            self._said = yield from discovered(self._endpoint, self.issuer)
            self._until = now + KEPT
        return self._said
