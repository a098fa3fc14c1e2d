"""The error tree: everything restkit raises.

    RestkitError                       method, url (redacted), route, status, request_id, attempts, excerpt
    ├── ConfigError                    our setup is wrong: field, reason, remedy
    ├── InputError                     the caller's value is wrong, nothing was sent
    │   └── BodyChanged                a body that differs when it is sent again
    ├── AuthError                      no usable credential
    ├── TransportError                 the wire failed for good
    │   ├── ConnectError               DNSError, TLSError (TLSVerifyError), ProxyError (ProxyAuthError)
    │   ├── ReadError                  TruncatedBody
    │   ├── WriteError
    │   ├── ProtocolError              the server broke HTTP
    │   ├── TooLarge                   a cap on heads, bodies or decompression
    │   ├── ResourceError              no descriptors, threads or buffers left here
    │   └── TimeoutError               ConnectTimeout, ReadTimeout, WriteTimeout, PoolTimeout
    ├── DeadlineExceeded               the whole call took too long
    ├── Refused                        restkit said no before sending: CircuitOpen, RateLimitTimeout, BulkheadFull,
    │                                  QueueFull, AddressRefused, ClientClosed
    ├── RedirectError                  RedirectRefused, TooManyRedirects
    ├── StatusError                    an undeclared status
    │   ├── BadRequest 400 and 422, Unauthorized 401, Forbidden 403, NotFound 404, Conflict 409,
    │   │   PreconditionFailed 412
    │   └── TooManyRequests 429 (retry_after), ServerError 5xx
    ├── DecodeError                    the body is not what was declared: path and expected type, never the value
    │   └── ContentError               UnexpectedContentType, UnsupportedEncoding, BadEncoding
    └── StoreError                     a store failed where that may not be ignored

An error carries facts as attributes; its message is for people. It pickles and copies. An error after retries is the
last real failure with its attempts, not a wrapper to unwrap. Those that can be raised below a client inherit httpx's
class as well, so that whoever uses a layer in an `httpx.Client` keeps their `except`.
"""

from __future__ import annotations

import http
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import httpx
from typing_extensions import override

from restkit.attempt import Attempt
from restkit.redaction import redact_url, shorten, visible

if TYPE_CHECKING:
    from restkit.problem import Problem


LONGEST = 4096
"""Bytes of a message."""


class RestkitError(Exception):
    """Everything restkit raises."""

    message: str
    """What happened, for people: one line, in which control characters are escapes."""
    method: str | None
    """The request's method."""
    url: str | None
    """Its URL, without secrets."""
    route: str | None
    """The template it was made from, such as `users/{id}`."""
    status: int | None
    """The status of the answer, if there was one."""
    request_id: str | None
    """What the server calls this request."""
    attempts: Sequence[Attempt]
    """Each time it was sent."""
    excerpt: str | None
    """The beginning of the body, without secrets."""

    def __init__(  # noqa: PLR0913 - the facts every error may carry, by keyword
        self,
        message: str = "",
        *,
        method: str | None = None,
        url: str | None = None,
        route: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        attempts: Sequence[Attempt] = (),
        excerpt: str | None = None,
    ) -> None:
        message = shorten(visible(message[: LONGEST + 1]), LONGEST)
        super().__init__(message)
        self.message = message
        self.method, self.route, self.status = method, route, status
        self.url = None if url is None else redact_url(url)
        self.request_id, self.attempts, self.excerpt = request_id, tuple(attempts), excerpt

    @override
    def __str__(self) -> str:
        where = " ".join(part for part in (self.method, self.url) if part)
        text = f"{where}: {self.message}" if where else self.message
        if self.request_id:
            text += f" (request id {self.request_id})"
        return text

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in self.__dict__.items() if name != "_request"}
        return revive, (type(self), self.args, state)

    def __copy__(self) -> Self:
        """The same failure for another caller: its facts and cause, without the traceback."""
        twin: Self = revive(type(self), self.args, self.__dict__)
        twin.__cause__, twin.__suppress_context__ = self.__cause__, True
        return twin


def revive(kind: type[Any], args: tuple[Any, ...], state: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of type `kind`
    """Make an error again from its facts, as pickle and copy do."""
    error: Any = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update({"_request": None} if issubclass(kind, httpx.RequestError) else {})
    error.__dict__.update(state)
    return error


class _Wrong(RestkitError):
    """Something that was handed to us cannot be used."""

    field: str
    reason: str
    remedy: str

    def __init__(self, field: str, reason: str, remedy: str, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        super().__init__(f"{field} {reason}; {remedy}", **facts)
        self.field, self.reason, self.remedy = field, reason, remedy


class ConfigError(_Wrong):
    """Our setup is wrong: `field` says where, `reason` why, `remedy` what to do."""


class InputError(_Wrong):
    """The caller's value is wrong, and nothing was sent: `field` says where, `reason` why, `remedy` what to do."""


class BodyChanged(InputError):
    """A body gives other bytes when it is sent again."""


class AuthError(RestkitError, httpx.RequestError):
    """There is no usable credential: a refresh failed, a token has expired, the keys are used up."""

    code: str | None
    """What the token endpoint calls the error, such as `invalid_grant` (RFC 6749, section 5.2)."""

    def __init__(self, message: str = "", *, code: str | None = None, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        super().__init__(message, **facts)
        self.code = code


class TransportError(RestkitError, httpx.TransportError):
    """The wire failed for good."""


class ConnectError(TransportError, httpx.ConnectError):
    """No connection could be made."""


class DNSError(ConnectError):
    """The host's name has no address."""


class TLSError(ConnectError):
    """No secure connection could be made."""


class TLSVerifyError(TLSError):
    """The server's certificate is not to be trusted."""


class ProxyError(ConnectError, httpx.ProxyError):
    """The proxy did not let us through."""


class ProxyAuthError(ProxyError):
    """The proxy wants a credential that it did not get."""


class ReadError(TransportError, httpx.ReadError):
    """The connection broke while the answer was read."""


class TruncatedBody(ReadError):
    """The body ended before its length was reached."""


class WriteError(TransportError, httpx.WriteError):
    """The connection broke while the request was written."""


class ProtocolError(TransportError, httpx.RemoteProtocolError):
    """The server broke HTTP."""


class TooLarge(TransportError):
    """A head, a body or what it decompresses to is over its cap."""


class ResourceError(TransportError):
    """This machine has no descriptors, threads or buffers left."""


class TimeoutError(TransportError, httpx.TimeoutException):  # noqa: A001 - the field's word, and it is always qualified
    """One step took longer than its timeout."""


class ConnectTimeout(TimeoutError, httpx.ConnectTimeout):
    """Connecting took longer than `timeout.connect`."""


class ReadTimeout(TimeoutError, httpx.ReadTimeout):
    """Nothing came for `timeout.read` seconds."""


class WriteTimeout(TimeoutError, httpx.WriteTimeout):
    """Nothing was taken for `timeout.write` seconds."""


class PoolTimeout(TimeoutError, httpx.PoolTimeout):
    """No connection became free in `timeout.pool` seconds."""


class DeadlineExceeded(RestkitError, httpx.TimeoutException):
    """The whole call, with all its waits and attempts, took longer than its `deadline`."""


class Refused(RestkitError, httpx.TransportError):
    """restkit said no before anything was sent."""

    retry_after: float | None
    """Seconds after which it may be worth another try, if that is known."""

    def __init__(self, message: str = "", *, retry_after: float | None = None, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        super().__init__(message, **facts)
        self.retry_after = retry_after


class CircuitOpen(Refused):
    """The circuit breaker is open."""


class RateLimitTimeout(Refused):
    """The rate limit would have let this call through too late."""


class BulkheadFull(Refused):
    """Too many calls are in flight, and none ended in time."""


class QueueFull(Refused):
    """Too many calls are waiting already."""


class AddressRefused(Refused):
    """The host has an address that may not be called."""


class ClientClosed(Refused):
    """The client was closed, before this call or during it."""


class RedirectError(RestkitError, httpx.RequestError):
    """A redirect could not be followed."""


class RedirectRefused(RedirectError):
    """A redirect that we do not follow: `location` says where to."""

    location: str | None

    def __init__(self, message: str = "", *, location: str | None = None, **facts: Any) -> None:  # noqa: ANN401 - RestkitError's own
        super().__init__(message, **facts)
        self.location = None if location is None else redact_url(location)


class TooManyRedirects(RedirectError, httpx.TooManyRedirects):
    """Redirects without end."""


class StatusError(RestkitError):
    """The server answered with a status that the operation does not declare."""

    problem: Problem | None
    """The problem details of the answer (RFC 9457), if it has any."""
    data: Any
    """The body: as the API's own error model if one is declared, else as decoded JSON, else None."""
    headers: Mapping[str, str]
    """The answer's headers by lower-case name, without secrets."""
    retry_after: float | None
    """Seconds that the server asks us to wait, if it does."""

    def __init__(
        self,
        message: str = "",
        *,
        problem: Problem | None = None,
        data: Any = None,  # noqa: ANN401 - whatever the API sends
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        **facts: Any,  # noqa: ANN401 - RestkitError's own
    ) -> None:
        super().__init__(message, **facts)
        self.problem, self.data, self.headers = problem, data, dict(headers or {})
        self.retry_after = retry_after


class BadRequest(StatusError):
    """400 or 422: the server does not accept what was sent."""


class Unauthorized(StatusError):
    """401: a valid credential is missing."""


class Forbidden(StatusError):
    """403: the credential does not allow this."""


class NotFound(StatusError):
    """404: there is nothing there."""


class Conflict(StatusError):
    """409: the resource is in another state than the request assumes."""


class PreconditionFailed(StatusError):
    """412: the resource has changed since it was read."""


class TooManyRequests(StatusError):
    """429: too many requests."""


class ServerError(StatusError):
    """5xx: the server failed."""


class DecodeError(RestkitError):
    """The body is not what was declared: `path` says where, `expected` what should stand there; no value is shown."""

    path: str
    expected: str | None
    offset: int | None
    """Where a body is malformed: bytes from its beginning."""

    def __init__(
        self,
        message: str = "",
        *,
        path: str = "$",
        expected: str | None = None,
        offset: int | None = None,
        **facts: Any,  # noqa: ANN401 - RestkitError's own
    ) -> None:
        super().__init__(message, **facts)
        self.path, self.expected, self.offset = path, expected, offset


class ContentError(DecodeError):
    """The body is not even in the declared format."""


class UnexpectedContentType(ContentError):
    """The body is of another media type, such as a login page where JSON was promised."""


class UnsupportedEncoding(ContentError, httpx.DecodingError):
    """The body is compressed in a way we do not read."""


class BadEncoding(ContentError, httpx.DecodingError):
    """The body is not what its Content-Encoding says."""


class StoreError(RestkitError):
    """A store failed where that may not be ignored."""


_BY_STATUS: dict[int, type[StatusError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    422: BadRequest,
    429: TooManyRequests,
}


FROM_BELOW = (RestkitError, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL)
"""What layers and transports raise; anything else is the user's own, and passes."""


def status_error(status: int) -> type[StatusError]:
    """The class for a status."""
    return _BY_STATUS.get(status, ServerError if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else StatusError)
