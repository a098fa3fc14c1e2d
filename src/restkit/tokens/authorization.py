"""An authorization request and the way back from it (RFC 6749, section 4.1; RFC 9207): pure text."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import httpx
from attrs import asdict, field, frozen

from restkit.credentials.secret import VISIBLE
from restkit.errors import AuthError, ConfigError
from restkit.redaction import redact_text
from restkit.tokens import pkce
from restkit.tokens.answer import code_of
from restkit.tokens.wishes import OURS, Fields

LONGEST = 16_384
"""Characters of what comes back."""


@frozen(kw_only=True)
class Authorization:
    """An authorization that was begun: whoever is sent to `url` comes back with a code for it.

    The rest stays here: in memory, or in the session of the one who was sent, of which it is to be a part.
    """

    url: str = field(repr=False)
    """Where the user goes."""
    redirect_url: str
    """Where the user comes back to."""
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    def to_dict(self) -> dict[str, str]:
        """As a session can hold it; `Authorization(**kept)` reads it."""
        return asdict(self)


def begun(authorize_url: httpx.URL, client_id: str, redirect_url: str, fields: Fields) -> Authorization:
    """An authorization request, with a state and a verifier of its own."""
    state, verifier = secrets.token_urlsafe(32), pkce.verifier()
    query = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", redirect_url),
        ("state", state),
        ("code_challenge", pkce.challenge(verifier)),
        ("code_challenge_method", pkce.METHOD),
        *fields,
    ]
    mark = "&" if authorize_url.query else "?"
    url = f"{authorize_url}{mark}{urlencode(query)}"
    return Authorization(url=url, redirect_url=redirect_url, state=state, verifier=verifier)


def refuse_ours(authorize_url: str | httpx.URL, fields: Fields) -> None:
    """Raise ConfigError for a query that names what each request names, too: who reads it may take either."""
    ours = OURS | {name for name, _ in fields}
    for name, _ in parse_qsl(str(authorize_url).partition("?")[2], keep_blank_values=True):
        if name in ours:
            raise ConfigError("authorize_url", f"names {name}, which each request names by itself", "leave that out")


def code_from(callback_url: str | httpx.URL, begun: Authorization, issuer: str | None, *, needs_issuer: bool) -> str:
    """The code that somebody came back with.

    Raises AuthError if it is for another request, from another server, or none: what came back is not shown.
    """
    said = answers(str(callback_url))
    if not hmac.compare_digest(said.get("state", "").encode("utf-8", "replace"), begun.state.encode()):
        raise AuthError("what came back has another state: it does not belong to the authorization that was begun")
    named = said.get("iss")
    if issuer is not None and named != issuer and (needs_issuer or named is not None):
        raise AuthError("what came back is from another authorization server than the one that was asked")
    if "error" in said:
        raise refusal(said)
    code = said.get("code", "")
    if not code or any(ord(each) not in VISIBLE for each in code):
        raise AuthError("what came back has no code")
    return code


def answers(callback_url: str) -> Mapping[str, str]:
    """The parameters of the URL that somebody came back to. Raises AuthError if one of them is there twice."""
    query = callback_url.partition("#")[0].partition("?")[2]
    if len(query) > LONGEST:
        raise AuthError("what came back is too long")
    pairs = parse_qsl(query, keep_blank_values=True)
    said = dict(pairs)
    if len(said) != len(pairs):
        raise AuthError("what came back has a parameter twice")
    return said


def refusal(said: Mapping[str, str]) -> AuthError:
    """The error that the server has sent somebody back with (section 4.1.2.1)."""
    parts = [said[name][:1024] for name in ("error", "error_description") if said.get(name)]
    secret = [said[name] for name in ("state", "code") if said.get(name)]
    shown = redact_text(": ".join(parts), (), secret)
    return AuthError(f"the authorization server refuses: {shown}", code=code_of(said["error"], secret))
