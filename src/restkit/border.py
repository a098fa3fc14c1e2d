"""The one border where everything becomes the error tree: below it flows speak httpx, above it restkit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import httpx

from restkit.codec import Codec
from restkit.context import Context
from restkit.errors import (
    BadEncoding,
    ConnectError,
    ConnectTimeout,
    ContentError,
    DeadlineExceeded,
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
from restkit.problem import LARGEST, MEDIA_TYPE, Problem
from restkit.redaction import redact_headers, redact_text, redact_url, secrets_in
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
    elif isinstance(error, MomentPassed) and error.until == Context.of(request).deadline:
        made = DeadlineExceeded(said_by(error, request, declared))
    else:
        made = _kind(error)(said_by(error, request, declared))
    made.__cause__ = error
    return fill(made, request, declared)


def _kind(error: Exception) -> type[RestkitError]:
    found = next((_OURS[kind] for kind in type(error).__mro__ if kind in _OURS), TransportError)
    if found is ConnectError:
        return next((_ROOTS[name] for name in _roots(error) if name in _ROOTS), ConnectError)
    return found


def _roots(error: BaseException) -> Iterator[str]:
    """The names of the classes of an error and of what caused it."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield from (kind.__name__ for kind in type(cause).__mro__)
        cause = cause.__cause__ or cause.__context__


def said_by(error: Exception, request: httpx.Request, declared: Collection[str] = ()) -> str:
    """What an error from below says, without the request's secrets."""
    return redact_text(str(error), declared, secrets_in(request.headers, declared)) or type(error).__name__


def fill(error: RestkitError, request: httpx.Request, declared: Collection[str] = ()) -> RestkitError:
    """Give an error the facts of its call, as far as it has none."""
    context = Context.of(request)
    error.method = error.method or request.method
    error.url = error.url or redact_url(str(request.url), declared)
    error.route = error.route or context.route
    error.attempts = error.attempts or tuple(context.history)
    return error


def excerpt(response: httpx.Response, declared: Collection[str] = ()) -> str:
    """The beginning of a body, without secrets."""
    text = response.content[:LARGEST].decode("utf-8", "replace")
    return redact_text(text, declared, secrets_in(response.request.headers, declared))


def status_failure(response: httpx.Response, codec: Codec, model: Any, declared: Collection[str] = ()) -> RestkitError:  # noqa: ANN401 - a type
    """The error for an undeclared status."""
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
    body = decoded(response, codec)
    problem = Problem.of(body) if media_type(response) == MEDIA_TYPE else None
    error = status_error(response.status_code)(
        summary(response, problem, declared),
        status=response.status_code,
        request_id=request_id(response.headers),
        excerpt=excerpt(response, declared),
        problem=problem,
        data=body if model is None else modelled(response, codec, model),
        headers=redact_headers(response.headers.multi_items(), declared),
    )
    return fill(error, response.request, declared)


def decoded(response: httpx.Response, codec: Codec) -> Any:  # noqa: ANN401 - whatever the API sends
    """An error's body as plain data; None if it is too large, or is in no format we read."""
    if not response.content or len(response.content) > LARGEST:
        return None
    return modelled(response, codec, Any)


def modelled(response: httpx.Response, codec: Codec, model: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
    """An error's body as the API's own error model; None if it is none."""
    try:
        return codec.decoder(model)(response.content)
    except DecodeError:
        return None


def summary(response: httpx.Response, problem: Problem | None, declared: Collection[str]) -> str:
    """An error's message: the status, and the problem's title and detail."""
    said = [part for part in (problem.title, problem.detail) if part] if problem else []
    status = f"{response.status_code} {response.reason_phrase}".strip()
    return ": ".join([status, *(redact_text(part, declared) for part in said if part != response.reason_phrase)])


def decode_failure(error: DecodeError, response: httpx.Response, declared: Collection[str] = ()) -> RestkitError:
    """A body that cannot be read: as what it is, if that is another media type, with the facts of its call."""
    said = media_type(response)
    if error.expected == "JSON" and said and not said.endswith("json") and not isinstance(error, ContentError):
        error = UnexpectedContentType(f"the answer is {said}, where JSON was declared", expected="JSON")
    error.status, error.request_id = response.status_code, request_id(response.headers)
    error.excerpt = excerpt(response, declared) if isinstance(error, ContentError) else None
    return fill(error, response.request, declared)


def media_type(response: httpx.Response) -> str:
    """The Content-Type without its parameters."""
    said: str = response.headers.get("content-type", "")
    return said[:LONGEST_TYPE].partition(";")[0].strip().lower()


LONGEST_TYPE = 1024
"""Characters of a Content-Type that are read."""
