"""An answer, with what is known of how it came about."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol

import httpx
from typing_extensions import TypeVar, override

from restkit.attempt import Attempt
from restkit.charset import encoding_of, text_of
from restkit.context import KEY, Context
from restkit.errors import FROM_BELOW, RestkitError
from restkit.links import links_of
from restkit.redaction import visible

if TYPE_CHECKING:
    from restkit.lines import Lines
    from restkit.policies.quota import RateLimit

R = TypeVar("R", default=Any)

_REQUEST_IDS = ("x-request-id", "request-id", "x-amzn-requestid", "x-correlation-id", "x-trace-id")
_LONGEST_ID = 200


class Reads(Protocol):
    """How a client reads an answer: `restkit.answers` does."""

    def value(self, op: Any, http: httpx.Response, /) -> Any:  # noqa: ANN401 - an Op, and what it answers
        """The body as the type that the call declares."""

    def check(self, op: Any, http: httpx.Response, /) -> None:  # noqa: ANN401 - an Op
        """Raise StatusError for an error that the call does not declare."""

    def translate(self, error: Exception, request: httpx.Request, /) -> Exception:
        """The error of ours for one of httpx."""
        ...

    def redacted(self, url: httpx.URL, /) -> str:
        """A URL without secrets."""
        ...


class Response(Generic[R]):
    """What `.raw(...)` and a client's plain verbs answer.

    `data` is decoded when it is read; `http` is the httpx response itself.
    """

    __slots__ = ("_data", "_op", "_reader", "_text", "http")
    http: httpx.Response

    def __init__(self, http: httpx.Response, op: object, reader: Reads) -> None:
        self.http = http
        self._op, self._reader = op, reader
        self._data: tuple[R] | None = None
        self._text: str | None = None

    @property
    def data(self) -> R:
        """The body as the declared type.

        Raises StatusError if the status is not one that has this type, and DecodeError if the body is not.
        """
        if self._data is None:
            with self.border():
                self._data = (self._reader.value(self._op, self.http),)
        return self._data[0]

    def raise_for_status(self) -> Response[R]:
        """This response; raises StatusError if its status is an error that the operation does not declare."""
        self._reader.check(self._op, self.http)
        return self

    @property
    def status_code(self) -> int:
        """The status."""
        return self.http.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The headers."""
        return self.http.headers

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        with self.border():
            return self.http.content

    @property
    def text(self) -> str:
        """The body as text, in its `encoding`, with U+FFFD for what cannot be read."""
        if self._text is None:
            with self.border():
                self._text = text_of(self.http)
        return self._text

    @property
    def encoding(self) -> str:
        """What text is read in: the charset of the headers, else that of a byte order mark, else `default_encoding`.

        The charset has to be a text encoding that Python knows; one that is none is logged, and passed over.
        """
        try:
            start = self.http.content[:4]
        except httpx.ResponseNotRead:  # open: its mark is found when it is read
            start = b""
        return encoding_of(self.http, start)

    @property
    def url(self) -> httpx.URL:
        """Where it came from, as it was sent: a key that stands in the query is in it, and in its `repr`."""
        return self.http.url

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return self.http.is_success

    @property
    def is_redirect(self) -> bool:
        """Whether the status is 3xx."""
        return self.http.is_redirect

    @property
    def is_client_error(self) -> bool:
        """Whether the status is 4xx."""
        return self.http.is_client_error

    @property
    def is_server_error(self) -> bool:
        """Whether the status is 5xx."""
        return self.http.is_server_error

    @property
    def history(self) -> Sequence[httpx.Response]:
        """The redirects that were followed to this answer, the first one first."""
        return tuple(self.http.history)

    @property
    def elapsed(self) -> dt.timedelta:
        """The time that the last attempt took, body included; for a stream only once that is over."""
        return self.http.elapsed

    @property
    def attempts(self) -> Sequence[Attempt]:
        """Each time the request was sent."""
        return tuple(self._context.history)

    @property
    def from_cache(self) -> bool:
        """Whether the answer came from a cache."""
        return self._context.from_cache

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the server says is left of our quota."""
        from restkit.policies.quota import RateLimit

        return RateLimit.of(self.http.headers)

    @property
    def request_id(self) -> str | None:
        """What the server calls this request."""
        return request_id(self.http.headers)

    @property
    def links(self) -> Mapping[str, str]:
        """The targets of the Link header by their relation, as absolute URLs (RFC 8288); 8,192 characters are read."""
        return links_of(self.http.headers.get("link", ""), self.http.url)

    @property
    def _context(self) -> Context:
        found: Context | None = self.http.extensions.get(KEY)
        return found or Context()

    def iter_bytes(self) -> Iterator[bytes]:
        """An open response's body as it comes, in a blocking client."""
        with self.border():
            yield from self.http.iter_bytes()

    def iter_lines(self) -> Iterator[str]:
        """An open response's lines as they come, in a blocking client."""
        lines = self._lines()
        with self.border():
            for chunk in self.http.iter_bytes():
                yield from lines.feed(chunk)
            yield from lines.rest()

    def _lines(self) -> Lines:
        from restkit.lines import Lines

        return Lines(lambda start: encoding_of(self.http, start))

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """An open response's body as it comes, in an awaiting client."""
        with self.border():
            async for chunk in self.http.aiter_bytes():
                yield chunk

    async def aiter_lines(self) -> AsyncIterator[str]:
        """An open response's lines as they come, in an awaiting client."""
        lines = self._lines()
        with self.border():
            async for chunk in self.http.aiter_bytes():
                for line in lines.feed(chunk):
                    yield line
            for line in lines.rest():
                yield line

    @contextmanager
    def border(self) -> Generator[None]:
        """Within it, httpx's errors about this response become restkit's."""
        try:
            yield
        except FROM_BELOW as error:
            if isinstance(error, RestkitError) and not (isinstance(error, httpx.HTTPError) and error.method is None):
                raise  # of another call, or the user's own
            raise self._reader.translate(error, self.http.request)  # noqa: B904 - it has its cause

    @override
    def __repr__(self) -> str:
        return f"<Response {self.http.status_code} {self._reader.redacted(self.http.url)}>"


def request_id(headers: httpx.Headers) -> str | None:
    """What a server calls a request, under any of the usual names: its first 200 characters, as one line."""
    found = next((headers[name] for name in _REQUEST_IDS if name in headers), None)
    return None if found is None else visible(found[:_LONGEST_ID])
