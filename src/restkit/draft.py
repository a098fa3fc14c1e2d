"""From a described call to a request: what every request of a client starts from."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, cast

import httpx

from restkit import checks, url
from restkit.context import KEY, CallOptions, Context, ViewOptions
from restkit.errors import ConfigError, InputError
from restkit.op import NOTHING, UNSET, Op, Payload
from restkit.settings import Settings, of_the_call

_EMPTY = httpx.ByteStream(b"")
_HAVE_BODIES = frozenset({"POST", "PUT", "PATCH"})


class Draft:
    """The writing half of a client or of a view of it: `answers` is the reading half."""

    __slots__ = ("_awaits", "_base", "_call_options", "_codec", "_prefix", "_timeout", "headers", "options", "params")
    options: ViewOptions
    headers: httpx.Headers
    params: dict[str, object]

    def __init__(self, settings: Settings, options: ViewOptions, *, awaits: bool) -> None:
        self.options, self._awaits = options, awaits
        self._call_options = of_the_call(options)
        self._base, self._codec = settings.base_url, settings.codec
        self._prefix = str(settings.base_url or "").rstrip("/")
        self.params = {**settings.params, **options.get("params", {})}
        self.headers = starting_headers(settings)
        self.headers.update(options.get("headers", {}))
        self._timeout = settings.timeout.as_dict()

    def context(self, op: Op[Any], *, streamed: bool) -> Context:
        """What the layers are to know of a call."""
        options = op.options or self._call_options
        if op.options and self._call_options:
            options = cast("CallOptions", {**self._call_options, **op.options})  # the same names
        return Context(op.route, options, idempotent=op.idempotent, streamed=streamed)

    def request(self, op: Op[Any], context: Context) -> httpx.Request:
        """The request of a call. Raises InputError for what cannot be sent."""
        target = url.parse(self.target(op))
        headers = self.headers if op.headers is None else self._with_headers(op.headers)
        extensions = {"timeout": {**(timeout_of(context) or self._timeout)}, KEY: context}  # hooks may change them
        payload = op.payload
        if payload is not NOTHING and payload.json is UNSET:
            return self._readable(encoded_by_httpx(op, target, headers, extensions))
        stream = _EMPTY
        if payload is not NOTHING:
            content = self._codec.encode(payload.json)
            stream = httpx.ByteStream(content)
            headers = headers.copy()
            _ = headers.setdefault("Content-Type", self._codec.media_type)
            headers["Content-Length"] = str(len(content))
        elif op.method in _HAVE_BODIES:
            headers = headers.copy()
            headers["Content-Length"] = "0"
        request = httpx.Request(op.method, target, headers=headers, stream=stream, extensions=extensions)
        if self._base is None or target.netloc != self._base.netloc:
            request.headers["Host"] = target.netloc.decode("ascii")
        _ = request.read()
        return request

    def _readable(self, request: httpx.Request) -> httpx.Request:
        """This request; raises InputError if its body cannot be read in this client's world."""
        wanted: type = httpx.AsyncByteStream if self._awaits else httpx.SyncByteStream
        if not isinstance(request.stream, wanted):
            world = "an awaiting client" if self._awaits else "a blocking client"
            raise InputError("content", f"is an iterator that {world} cannot read", "pass bytes, or the other kind")
        return request

    def target(self, op: Op[Any]) -> str:
        """Where a call goes, its query included."""
        target = url.join(self._base, self._prefix, op.path)
        if self.params or op.params:
            query = url.encode_query(
                {**self.params, **op.params} if isinstance(op.params, Mapping) else op.params or ()
            )
            if self.params and not isinstance(op.params, Mapping):
                query = "&".join(filter(None, [url.encode_query(self.params), query]))
            if query:
                target += ("&" if "?" in target else "?") + query
        return target

    def _with_headers(self, given: Mapping[str, str]) -> httpx.Headers:
        """The client's headers with those of one call over them."""
        merged = self.headers.copy()
        for name, value in check_headers(given).items():
            merged[name] = value
        return merged


def check_headers(given: Mapping[str, str]) -> httpx.Headers:
    """A call's headers. Raises InputError for what cannot be one, or is not the caller's to set."""
    try:
        return checks.headers("headers", given)
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None


def timeout_of(context: Context) -> dict[str, float | None] | None:
    """The four timeouts that a call asks for, if it does."""
    asked = context.options.get("timeout")
    return asked.as_dict() if isinstance(asked, httpx.Timeout) else None


def encoded_by_httpx(
    op: Op[Any], target: httpx.URL, headers: httpx.Headers, extensions: dict[str, Any]
) -> httpx.Request:
    """A request whose body httpx encodes: bytes, text, iterators, forms and files."""
    payload: Payload = op.payload
    try:
        return httpx.Request(
            op.method,
            target,
            headers=headers,
            content=payload.content,
            data=payload.data,
            files=payload.files,
            extensions=extensions,
        )
    except (TypeError, ValueError) as error:
        raise InputError("body", f"cannot be sent: {error}", "pass bytes, text, a form, files or an iterator") from None


def starting_headers(settings: Settings) -> httpx.Headers:
    """The headers of every request."""
    made = httpx.Headers(
        {
            "Host": "" if settings.base_url is None else settings.base_url.netloc.decode("ascii"),
            "Accept": settings.codec.media_type,
            "Accept-Encoding": accept_encoding(),
            "Connection": "keep-alive",
            "User-Agent": settings.user_agent,
        }
    )
    made.update(settings.headers)
    return made


@functools.cache
def accept_encoding() -> str:
    """The content codings that httpx can read here."""
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200)), trust_env=False)
    return client.headers["accept-encoding"]
