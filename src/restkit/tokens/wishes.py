"""What a token is asked to be good for, as the parameters of OAuth 2 that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urlencode

from attrs import frozen

from restkit.errors import ConfigError
from restkit.policies.checked import mapping, text, texts
from restkit.tokens.discovery import WORDS

Fields: TypeAlias = Sequence[tuple[str, str]]
"""Parameters of a request."""
OURS = frozenset(
    {
        *("actor_token", "actor_token_type", "assertion", "client_assertion", "client_assertion_type", "client_id"),
        *("client_secret", "code", "code_challenge", "code_challenge_method", "code_verifier", "device_code"),
        *("grant_type", "password", "redirect_uri", "refresh_token", "response_type", "state", "subject_token"),
        *("subject_token_type", "token", "token_type_hint", "username"),
        *WORDS,
    }
)
"""Parameters that the grants write themselves."""


@frozen
class Wishes:
    """What is asked for; the resources stand apart, since they are named with each token request (RFC 8707)."""

    scope: str
    """Words with spaces between them; empty for whatever the server gives."""
    resources: Fields
    others: Fields

    @property
    def fields(self) -> Fields:
        """All of them."""
        return [*([("scope", self.scope)] if self.scope else []), *self.resources, *self.others]

    @property
    def digest(self) -> str:
        """What tells these wishes from others, and does not show them."""
        return hashlib.sha256(urlencode(self.fields).encode("ascii")).hexdigest()[:16]


def wishes(
    scope: str | Iterable[str] | None,
    audience: str | None,
    resource: str | Iterable[str],
    parameters: Mapping[str, str] | None,
) -> Wishes:
    """What is asked for, as it may be written. Raises ConfigError."""
    words = " ".join([] if scope is None else texts("scope", scope))
    if not words.isascii() or not words.isprintable():
        raise ConfigError("scope", "holds something else than visible ASCII", "pass words")
    named = [] if audience is None else [("audience", text("audience", audience))]
    resources = [("resource", each) for each in texts("resource", resource)]
    return Wishes(words, resources, [*named, *checked({} if parameters is None else parameters)])


def checked(parameters: object) -> Fields:
    """Further parameters. Raises ConfigError for those that the grants write themselves."""
    found = mapping("parameters", parameters)
    for name, value in found.items():
        if not isinstance(value, str):
            raise ConfigError("parameters", "holds something else than text", "pass names and values as text")
        if name in OURS:
            raise ConfigError("parameters", f"names {name}, which is not for you to set", "leave it out")
    return list(found.items())
