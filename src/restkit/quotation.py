"""What an error may quote of its call and of the answer to it: not the secrets that were sent, and not too much."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import cast
from urllib.parse import parse_qsl

import httpx

from restkit.problem import LARGEST, Problem
from restkit.redaction import MASK, is_sensitive, redact_headers, redact_text, secrets_in, shorten, spellings, visible

_READ = 16_384
"""Bytes of a body of which an excerpt is made: many times as long as that, for what is masked in it."""
_SHORTEST = 8
"""A shorter secret is left where an API's own words are data, since it may be part of other words."""
UNSENT = "restkit.unsent"
"""Where a request's extensions hold secrets that it was made with, and that the other side knows as well."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def secrets_of(request: httpx.Request, declared: Collection[str] = ()) -> list[str]:
    """The secrets that a request carries: in its headers, its user info, its parameters and its body."""
    found = secrets_in(request.headers, declared)
    found += [request.url.password, request.url.username] if request.url.userinfo else []
    pairs = parse_qsl(request.url.query.decode("ascii", "replace"))
    found += [value for name, value in pairs if is_sensitive(name, declared)]
    return [*found, *_secrets_sent(request, declared), *request.extensions.get(UNSENT, ())]


def _secrets_sent(request: httpx.Request, declared: Collection[str]) -> list[str]:
    """Those of a body of JSON or of a form, if it is known and not large."""
    try:
        content = request.content
    except httpx.RequestNotRead:
        return []
    if not content or len(content) > LARGEST:
        return []
    if content[:1] in b"{[":
        return list(_secrets_within(content, declared))
    pairs = parse_qsl(content.decode("utf-8", "replace"))
    return [value for name, value in pairs if is_sensitive(name, declared)]


def _secrets_within(content: bytes, declared: Collection[str]) -> Iterator[str]:
    import json

    try:
        values: list[tuple[object, bool]] = [(json.loads(content), False)]
    except (ValueError, RecursionError):
        return
    while values:
        value, is_secret = values.pop()
        if isinstance(value, dict):
            members = cast("dict[str, object]", value)  # JSON's names are text
            values += [(each, is_secret or is_sensitive(name, declared)) for name, each in members.items()]
        elif isinstance(value, list):
            values += [(each, is_secret) for each in cast("list[object]", value)]
        elif is_secret and isinstance(value, str | int):
            yield str(value)


def excerpt(response: httpx.Response, declared: Collection[str] = ()) -> str:
    """The beginning of a body, at most 1 KiB: without secrets, and with control characters but line ends as escapes."""
    text = response.content[:_READ].decode("utf-8", "replace").replace("\r\n", "\n")
    return shorten(visible(redact_text(text, declared, secrets_of(response.request, declared)), keep="\n\t"))


def unsaid(content: bytes, request: httpx.Request, declared: Collection[str] = ()) -> bytes:
    """An error's body with the secrets that were sent masked: errors are stored and passed on, data included."""
    for secret in spellings(secrets_of(request, declared)):
        if len(secret) >= _SHORTEST:
            content = content.replace(secret.encode("utf-8", "surrogatepass"), MASK.encode())
    return content


def headers_of(response: httpx.Response, declared: Collection[str] = ()) -> dict[str, str]:
    """An answer's headers by lower-case name, without secrets."""
    shown = redact_headers(response.headers.multi_items(), declared)
    secrets = [each for each in spellings(secrets_of(response.request, declared)) if len(each) >= _SHORTEST]
    for secret in secrets:
        shown = {name: value.replace(secret, MASK) for name, value in shown.items()}
    return shown


def said_by(error: Exception, request: httpx.Request, declared: Collection[str] = ()) -> str:
    """What an error from below says, without the request's secrets."""
    return redact_text(str(error), declared, secrets_of(request, declared)) or type(error).__name__


def is_fit(error: BaseException, request: httpx.Request, declared: Collection[str] = ()) -> bool:
    """Whether an error and what caused it may be shown as they are, as a traceback does."""
    secrets = secrets_of(request, declared)
    said = [str(each) for each in causes(error)]
    return all(redact_text(each, declared, secrets) == each for each in said)


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and what caused it."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def summary(response: httpx.Response, problem: Problem | None, declared: Collection[str]) -> str:
    """An error's message: the status, and the problem's title and detail, in which no tag opens."""
    said = [part for part in (problem.title, problem.detail) if part] if problem else []
    secrets = secrets_of(response.request, declared) if said else ()
    status = f"{response.status_code} {response.reason_phrase[:LONGEST_REASON]}".strip()
    parts = [redact_text(part, declared, secrets) for part in said if part != response.reason_phrase]
    return ": ".join([status, *(_TAG.sub("&lt;", part) for part in parts)])


LONGEST_REASON = 100
"""Characters of a reason phrase that are repeated."""
