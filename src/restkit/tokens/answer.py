"""What a token endpoint answers (RFC 6749, section 5): read with care, since it comes from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NoReturn, cast
from urllib.parse import parse_qsl

import httpx

from restkit.charset import text_of
from restkit.codec import JSON
from restkit.credentials.secret import VISIBLE
from restkit.credentials.token import Token
from restkit.errors import AuthError, DecodeError
from restkit.quotation import excerpt, secrets_of
from restkit.redaction import redact_text, visible

LONGEST = 16_384
"""Characters of a token: servers take no longer headers."""
LONGEST_LIFE = 400 * 86_400.0
"""Seconds that a token is believed to live at most."""
KINDS: Mapping[str, str] = {"bearer": "Bearer", "dpop": "DPoP"}
"""The kinds of tokens that are understood, whatever their case (RFC 6749, section 7.1)."""
SHORT = 64
FAILED = 400


def token_of(
    response: httpx.Response, wall: float, *, kinds: Mapping[str, str] = KINDS, extra: Collection[str] = ()
) -> Token:
    """The token of an answer, had at that moment of the wall clock. `extra` names texts of it that are kept, too.

    Raises AuthError for an error, and for an answer that is none of these: it names what is wrong, and no secret.
    """
    said = members(response)
    if response.status_code >= FAILED or said.get("error") is not None:
        refuse(response, said)
    seconds = lifetime(response, said.get("expires_in"))
    return Token(
        value=text(response, said, "access_token"),
        kind=kind_of(response, said.get("token_type"), kinds),
        expires_at=None if seconds is None else wall + seconds,
        lifetime=seconds,
        refresh_token=text(response, said, "refresh_token") if said.get("refresh_token") else None,
        scope=text(response, said, "scope") if said.get("scope") else None,
        extra={name: text(response, said, name) for name in extra if said.get(name)},
    )


def members(response: httpx.Response) -> Mapping[str, Any]:
    """The fields of an answer: a JSON object, or a form as some old servers send it. Raises AuthError."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text_of(response)))
    said = json_object(response)
    if said is not None:
        return said
    if response.status_code < FAILED:
        fail(response, f"is no JSON object, but {media_type[:SHORT] or 'of no type'}")
    return {}


def json_object(response: httpx.Response) -> Mapping[str, Any] | None:
    """The JSON object that an answer is; None for anything else."""
    try:
        said: object = JSON().decoder(Any)(response.content)
    except DecodeError:
        return None
    return cast("dict[str, Any]", said) if isinstance(said, dict) else None  # JSON's names are text


def refuse_error(response: httpx.Response, declared: Collection[str] = ()) -> None:
    """Raise AuthError for an answer with the status of an error; fields of the names that are `declared` are secret."""
    if response.status_code >= FAILED:
        refuse(response, members(response), declared)


def refuse(response: httpx.Response, said: Mapping[str, Any], declared: Collection[str] = ()) -> NoReturn:
    """Raise AuthError for an answer that says no (RFC 6749, section 5.2)."""
    found = [said.get(name) for name in ("error", "error_description")]
    parts = [part[:1024] for part in found if isinstance(part, str) and part]
    secrets = secrets_of(response.request, declared)
    shown = redact_text(": ".join(parts), declared, secrets) or "it gives no reason"
    raise AuthError(
        f"the token endpoint refuses: {shown}",
        code=code_of(said.get("error"), secrets),
        excerpt=None if parts else excerpt(response, declared),
        **where(response),
    )


def code_of(said: object, secrets: Collection[str]) -> str | None:
    """The code of an error, unless that is a secret sent back."""
    if not isinstance(said, str) or redact_text(said, (), secrets) != said:
        return None
    return visible(said[:SHORT])


def fail(response: httpx.Response, reason: str) -> NoReturn:
    """Raise AuthError for an answer that cannot be used. It is not quoted: it may hold a token."""
    raise AuthError(f"the answer of the token endpoint {reason}", **where(response))


def where(response: httpx.Response) -> dict[str, Any]:
    """The facts of an error."""
    request = response.request
    return {"method": request.method, "url": str(request.url), "status": response.status_code}


def text(response: httpx.Response, said: Mapping[str, Any], name: str) -> str:
    """A field that can stand in a header. Raises AuthError."""
    found = said.get(name)
    if not isinstance(found, str) or not found:
        fail(response, f"has no {name}" if found is None else f"has a {name} that is no text")
    if len(found) > LONGEST or any(ord(each) not in VISIBLE for each in found):
        fail(response, f"has a {name} that no header could hold")
    return found


def kind_of(response: httpx.Response, said: object, kinds: Mapping[str, str]) -> str:
    """The name of the scheme that a token is sent with. Raises AuthError for one that is not understood."""
    if said is None:
        return "Bearer"
    kind = kinds.get(said.lower()) if isinstance(said, str) else None
    if kind is None:
        fail(response, "has a token_type that is not understood")
    return kind


def lifetime(response: httpx.Response, said: object, name: str = "expires_in") -> float | None:
    """The seconds that a token lives; None if nobody said, or nothing that could be. Raises AuthError for no number."""
    if isinstance(said, str) and said.strip().isascii() and said.strip().isdigit():
        said = float(said.strip()[:16])
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float) or said != said:  # noqa: PLR0124 - NaN is not
        fail(response, f"says in {name} what is no number of seconds")
    return float(min(said, LONGEST_LIFE)) if said > 0 else None
