"""The one border where everything becomes the error tree: below it flows speak httpx, above it restkit."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast

import httpx

from restkit.attempt import STOPPED
from restkit.charset import media_type
from restkit.codec import Codec
from restkit.context import Context
from restkit.errors import (
    BadEncoding,
    ConnectError,
    ConnectTimeout,
    ContentError,
    DecodeError,
    DNSError,
    InputError,
    PoolTimeout,
    ProtocolError,
    ProxyError,
    ReadError,
    ReadTimeout,
    RedirectRefused,
    RestkitError,
    TimeoutError,  # noqa: A004 - ours
    TLSError,
    TLSVerifyError,
    TooManyRedirects,
    TransportError,
    UnexpectedContentType,
    WriteError,
    WriteTimeout,
    status_error,
)
from restkit.flow.deadline import MomentPassed
from restkit.policies.retry_after import retry_after
from restkit.problem import LARGEST, MEDIA_TYPE, Problem
from restkit.quotation import causes, excerpt, headers_of, is_fit, said_by, summary, unsaid
from restkit.redaction import redact_url, shorten, visible
from restkit.response import request_id

_OURS: dict[type[Exception], type[RestkitError]] = {
    httpx.ConnectTimeout: ConnectTimeout,
    httpx.ReadTimeout: ReadTimeout,
    httpx.WriteTimeout: WriteTimeout,
    httpx.PoolTimeout: PoolTimeout,
    httpx.TimeoutException: TimeoutError,
    httpx.ProxyError: ProxyError,
    httpx.ConnectError: ConnectError,
    httpx.ReadError: ReadError,
    httpx.WriteError: WriteError,
    httpx.CloseError: ReadError,
    httpx.RemoteProtocolError: ProtocolError,
    httpx.DecodingError: BadEncoding,
    httpx.TooManyRedirects: TooManyRedirects,
}
_ROOTS: dict[str, type[RestkitError]] = {
    "gaierror": DNSError,
    "SSLCertVerificationError": TLSVerifyError,
    "SSLError": TLSError,
}
"""What lies at the root of a failed connection, by its class's name."""
_OUR_FAULT = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)


def translate(error: Exception, request: httpx.Request, declared: Collection[str] = ()) -> RestkitError:
    """The error of ours for one that came up from below, with the facts of its call."""
    if isinstance(error, RestkitError):
        return fill(error, request, declared)
    if isinstance(error, httpx.StreamError):
        made: RestkitError = InputError("body", f"cannot be read: {error}", "read it once, while it is open")
    elif isinstance(error, _OUR_FAULT):
        made = InputError("request", f"cannot be sent: {said_by(error, request, declared)}", "correct it")
    elif isinstance(error, MomentPassed):  # a deadline's has its name already
        made = ReadTimeout("the attempt was not over within its attempt_timeout")
    else:
        made = _kind(error)(said_by(error, request, declared))
    if is_fit(error, request, declared):
        made.__cause__ = error
    made.__suppress_context__ = True  # what it came from may hold secrets
    for note in getattr(error, "__notes__", ()):
        made.add_note(note)
    return fill(made, request, declared)


def _kind(error: Exception) -> type[RestkitError]:
    found = next((_OURS[kind] for kind in type(error).__mro__ if kind in _OURS), TransportError)
    if found is ConnectError:
        return next((_ROOTS[name] for name in _roots(error) if name in _ROOTS), ConnectError)
    return found


def _roots(error: BaseException) -> Iterator[str]:
    """The names of the classes of an error and of what caused it."""
    for cause in causes(error):
        yield from (kind.__name__ for kind in type(cause).__mro__)


def fill(error: RestkitError, request: httpx.Request, declared: Collection[str] = ()) -> RestkitError:
    """Give an error the facts of its call, as far as it has none."""
    context = Context.of(request)
    error.method = error.method or request.method
    error.url = error.url or redact_url(str(request.url), declared)
    error.route = error.route or context.route
    error.attempts = error.attempts or tuple(context.history)
    return error


def status_failure(
    response: httpx.Response,
    codec: Codec,
    model: Any,  # noqa: ANN401 - a type
    declared: Collection[str] = (),
    wall: float = 0.0,
) -> RestkitError:
    """The error for an undeclared status; `wall` is now, in seconds since 1970."""
    location = response.headers.get("location")
    if response.is_redirect and location is not None:
        return fill(
            RedirectRefused(
                "redirected, and redirects are not followed",
                location=redact_url(location, declared),
                status=response.status_code,
            ),
            response.request,
            declared,
        )
    body = decoded(response, codec, Any, declared)
    problem = Problem.of(body) if type_of(response) == MEDIA_TYPE else Problem.within(body)
    error = status_error(response.status_code)(
        summary(response, problem, declared),
        status=response.status_code,
        request_id=request_id(response.headers),
        excerpt=excerpt(response, declared),
        problem=problem,
        data=body if model is None else decoded(response, codec, model, declared),
        headers=headers_of(response, declared),
        retry_after=retry_after(response.headers, wall),
    )
    if STOPPED in response.extensions:
        error.add_note(response.extensions[STOPPED])
    return fill(error, response.request, declared)


def decoded(response: httpx.Response, codec: Codec, model: Any, declared: Collection[str] = ()) -> Any:  # noqa: ANN401 - a type, and a value of it
    """An error's body as a type; None if it is too large or too deep, or is something else."""
    if not response.content or len(response.content) > LARGEST:
        return None
    try:
        found = codec.decoder(model)(unsaid(response.content, response.request, declared))
    except DecodeError:
        return None
    return None if is_deep(found) else found


DEEPEST = 100
"""Levels of lists and objects in the data of an error: pickle gives up on many."""


def is_deep(value: object) -> bool:
    """Whether plain data has too many levels."""
    level = [value]
    for _ in range(DEEPEST):
        level = [each for part in level for each in parts(part)]
        if not level:
            return False
    return True


def parts(value: object) -> Iterable[object]:
    """What a list or an object of plain data holds."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()  # as every format has it
    return cast("list[object]", value) if isinstance(value, list) else ()


def decode_failure(error: DecodeError, response: httpx.Response, declared: Collection[str] = ()) -> RestkitError:
    """A body that cannot be read: as what it is, if that is another media type, with the facts of its call."""
    wanted = error.expected or ""
    said = other_type(response, FORMATS[wanted]) if wanted in FORMATS else None
    if said and not isinstance(error, ContentError):
        error = UnexpectedContentType(f"the answer is {said}, where {wanted} was declared", expected=wanted)
    elif wanted in FORMATS and error.offset is None:
        error.offset = offset_in(error.message, response.content)
    error.path = shorten(visible(error.path), LONGEST_PATH)
    error.status, error.request_id = response.status_code, request_id(response.headers)
    error.excerpt = excerpt(response, declared) if isinstance(error, ContentError) else None
    return fill(error, response.request, declared)


FORMATS = {"JSON": "json", "MessagePack": "msgpack"}
"""What a body may be expected to be as a whole, and a word of its media types."""


def other_type(response: httpx.Response, word: str) -> str | None:
    """What a body is instead: what its headers say, or HTML, if it looks like that; None if nobody knows."""
    said = type_of(response)
    if not response.content:
        return None
    if said and word not in said:
        return visible(said)
    start = response.content[:LOOKED_AT].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return "HTML" if start.startswith(_PAGES) else None


_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")
LOOKED_AT = 1024
"""Bytes of a body in which HTML may begin, after white space."""
LONGEST_PATH = 256
"""Bytes that are kept of the path to a wrong value: its names may be the server's."""


def offset_in(message: str, content: bytes) -> int | None:
    """Where a body is malformed, in bytes from its beginning: as the error says; its end, if it was cut."""
    found = re.search(r"\(byte (\d{1,15})\)", message)
    if found:
        return int(found[1]) + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
    return len(content) if content and "truncated" in message else None


def type_of(response: httpx.Response) -> str:
    """The media type that an answer's headers name."""
    return media_type(response.headers.get("content-type", ""))
