"""From a described call to a request: what every request of a client starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx

from restkit import checks, url
from restkit.admission.origins import KEY as ORIGIN
from restkit.admission.origins import origin_at
from restkit.bodies import bodiless
from restkit.bodies.framing import Written, framed
from restkit.codec import Codec
from restkit.context import KEY, CallOptions, Context, ViewOptions
from restkit.credentials.clear import is_clear, refuse_clear
from restkit.errors import ConfigError, InputError
from restkit.flow.outgoing import Outgoing
from restkit.method import method_name
from restkit.op import NOTHING, Op
from restkit.policies.idempotency import WRITES, header_of
from restkit.settings import Settings, of_the_call
from restkit.unset import UNSET

_EMPTY = httpx.ByteStream(b"")
_HAVE_BODIES = frozenset({"POST", "PUT", "PATCH"})


class Draft:
    """The writing half of a client or of a view of it: `answers` is the reading half."""

    __slots__ = (
        "_awaits",
        "_base",
        "_call_options",
        "_codec",
        "_compress",
        "_idempotency",
        "_is_clear",
        "_origin",
        "_prefix",
        "_query_style",
        "_timeout",
        "_typed",
        "headers",
        "options",
        "params",
    )
    options: ViewOptions
    headers: httpx.Headers
    params: dict[str, object]

    def __init__(self, settings: Settings, options: ViewOptions, *, awaits: bool) -> None:
        self.options, self._awaits = options, awaits
        self._call_options = of_the_call(options)
        self._base, self._codec = settings.base_url, settings.codec
        self._origin = None if settings.base_url is None else origin_at(settings.base_url)
        self._prefix = str(settings.base_url or "").rstrip("/")
        self._query_style = settings.query_style
        self.params = {**settings.params, **options.get("params", {})}
        self.headers = starting_headers(settings)
        self.headers.update(options.get("headers", {}))
        self._idempotency = settings.idempotency
        self._is_clear = not settings.allow_insecure and (settings.base_url is None or is_clear(settings.base_url))
        self._timeout, self._compress = settings.timeout.as_dict(), settings.compress
        self._typed = self.headers.copy()
        _ = self._typed.setdefault("Content-Type", self._codec.media_type)

    def context(self, op: Op[Any], *, streamed: bool) -> Context:
        """What the layers are to know of a call."""
        options = op.options or self._call_options
        if op.options and self._call_options:
            options = cast("CallOptions", {**self._call_options, **op.options})  # the same names
        return Context(op.route, options, idempotent=op.idempotent, streamed=streamed)

    def request(self, op: Op[Any], context: Context) -> httpx.Request:
        """The request of a call. Raises InputError for what cannot be sent."""
        method, target = method_name(op.method), self.target(op)
        headers = self.headers if op.headers is None else self._with_headers(op.headers)
        if self._is_clear and "Authorization" in headers:  # by hand
            refuse_clear(target)
        if method in WRITES and (op.headers is not None or "headers" in self.options):
            context.options = self._with_key(context.options, headers)
        timeout = (timeout_of(context) if context.options else None) or self._timeout
        extensions = {"timeout": timeout.copy(), KEY: context}  # hooks may change them
        if op.shape.codec is not None:
            headers = self._accepting(op.shape.codec, headers)
        stream: httpx.ByteStream | Outgoing = _EMPTY
        if op.payload is not NOTHING:
            headers, stream = self._with_body(op, headers, context)
        if stream is _EMPTY and method in _HAVE_BODIES:
            headers = headers.copy()
            headers["Content-Length"] = "0"
        kind = bodiless.Request if stream is _EMPTY else httpx.Request
        request = kind(method, target, headers=headers, stream=stream, extensions=extensions)
        if self._origin is None:
            request.headers["Host"] = target.netloc.decode("ascii")
        request.extensions[ORIGIN] = request.url, self._origin or origin_at(target)  # no call leaves that of a base
        if stream is not _EMPTY and not isinstance(stream, Outgoing):
            _ = request.read()
        return request

    def _with_key(self, options: CallOptions, headers: httpx.Headers) -> CallOptions:
        """The options of a write: a key that it brings as a header is its `idempotency_key`."""
        given = headers.get(header_of(options.get("idempotency"), self._idempotency))
        return options if given is None or "idempotency_key" in options else {**options, "idempotency_key": given}

    def _with_body(
        self, op: Op[Any], headers: httpx.Headers, context: Context
    ) -> tuple[httpx.Headers, httpx.ByteStream | Outgoing]:
        """The headers of a call that has a body, and its body."""
        body = self._written(op)
        if body is None:
            return headers, _EMPTY
        if headers is self.headers and body.media_type == self._codec.media_type:
            headers = self._typed.copy()  # most bodies
        else:
            headers = typed(headers, body, op.headers)
        compress = context.options.get("compress", self._compress) is not None
        return headers, framed(body.content, headers, compress=compress)

    def _written(self, op: Op[Any]) -> Written | None:
        """The body of a call as it will be sent. Raises InputError for one that this client cannot send."""
        payload = op.payload
        if payload.json is not UNSET:
            codec = op.shape.codec or self._codec
            return Written(codec.encode(payload.json), codec.media_type)
        from restkit.bodies.written import written

        return written(payload.content, payload.data, payload.files, awaits=self._awaits)

    def _accepting(self, codec: Codec, headers: httpx.Headers) -> httpx.Headers:
        """The headers of a call with a codec of its own, which asks for what that reads."""
        if headers.get("Accept") == self._codec.media_type:
            headers = headers.copy()
            headers["Accept"] = codec.media_type
        return headers

    def target(self, op: Op[Any]) -> httpx.URL:
        """Where a call goes, its query included."""
        if not (self.params or op.params):
            return url.locate(self._prefix, op.path)
        style = op.shape.query_style or self._query_style
        query = url.encode_query(url.merged(self.params, op.params), style)
        return url.parse(url.with_query(url.join(self._base, self._prefix, op.path), query))

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


def typed(headers: httpx.Headers, body: Written, given: Mapping[str, str] | None) -> httpx.Headers:
    """The headers with the type of a body, unless the caller has set another. Raises InputError if that cannot be."""
    headers = headers.copy()
    if body.media_type is None:
        return headers
    if not body.is_bound:
        _ = headers.setdefault("Content-Type", body.media_type)
        return headers
    if any(name.lower() == "content-type" for name in given or ()):
        raise InputError("headers['content-type']", "is given, and files as well", "leave it out: it has a boundary")
    headers["Content-Type"] = body.media_type
    return headers


def starting_headers(settings: Settings) -> httpx.Headers:
    """The headers of every request."""
    from restkit.wire.decoding import accepted

    made = httpx.Headers(
        {
            "Host": "" if settings.base_url is None else settings.base_url.netloc.decode("ascii"),
            "Accept": settings.codec.media_type,
            "Accept-Encoding": accepted(),
            "Connection": "keep-alive",
            "User-Agent": settings.user_agent,
        }
    )
    made.update(settings.headers)
    return made
