"""A scheme: how a client shows who it is. The class to subclass for one of your own.

Theory of operation. `authenticate` puts a credential on a request before each send; `renew` looks at the answer, and
may have it sent once more. Both may be plain, or flows where something has to be waited for. `exchange` puts the two
together as a flow, which runs inside a client; for a bare httpx client `auth_flow` steps the same flow.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import ClassVar, NoReturn, cast

import httpx
from typing_extensions import TypeVar, override

from restkit.errors import ConfigError, InputError
from restkit.flow import Ask, Emit, Emitting, Flow, Outgoing, World, iterate
from restkit.flow.original import Original

SIGNER = "restkit.signer"
"""Where the extensions of a request hold the scheme that signs it, once nothing of it changes any more."""
T = TypeVar("T")
Proceed = Callable[[httpx.Request], Flow[httpx.Response]]
"""What sends a request: the layers below, or a bare httpx client."""


class Scheme(httpx.Auth):
    """A way to authenticate requests, in a restkit client or in a bare httpx client.

    Subclass it and write `authenticate`; write `renew` too if an answer can tell that another credential is needed. A
    scheme may be shared by threads, tasks and clients. It cannot be pickled, since it holds secrets.
    """

    needs_body: ClassVar[bool] = False
    """Whether the body is read before `authenticate`, as signatures over it need."""
    signs: ClassVar[bool] = False
    """Whether `authenticate` looks at all that is sent: in a client it then comes last, below whatever waits or changes
    a request, unless there is a `renew` as well."""

    header: tuple[str, str] | None = None
    """The header that is all it sends, where that is known: then there is no `authenticate` to be written."""

    def authenticate(self, request: httpx.Request) -> Flow[None] | None:
        """Put the credential on a request that is about to be sent: plain, or a flow that asks for effects."""
        if self.header is None:
            return self._asked(request)
        name, value = self.header
        request.headers[name] = value
        return None

    def _asked(self, request: httpx.Request) -> Flow[None]:
        """Put a credential on a request that is not known before."""
        raise NotImplementedError(f"{type(self).__name__} has neither a header nor an authenticate")

    def renew(self, request: httpx.Request, response: httpx.Response) -> Flow[bool] | bool:  # noqa: ARG002 - for those who override it
        """Learn from an answer; True to have the request sent once more, authenticated anew."""
        return False

    def belong_to(self, home: httpx.URL) -> None:
        """Learn the `base_url` of a client that it is used in, before anything is sent; for those that need it."""

    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request with its credential, and once more if `renew` says so."""
        if self.needs_body:
            yield from whole(request)
        original = Original(request)
        yield from done(self.authenticate(request))
        response = yield from proceed(request)
        again = self.renew(request, response)
        if not (again if isinstance(again, bool) else (yield from done(again))):
            return response
        another = original.copy()
        yield from done(self.authenticate(another))
        return (yield from proceed(another))

    @property
    def is_plain(self) -> bool:
        """Whether all it does is to put a credential on each request."""
        return self.is_one_way and not self.needs_body

    @property
    def is_one_way(self) -> bool:
        """Whether it looks at no answer."""
        kind = type(self)
        return kind.renew is Scheme.renew and kind.exchange is Scheme.exchange

    @property
    def world(self) -> World:
        """What its flows act upon in a bare httpx client."""
        from restkit.credentials.bare import nowhere

        return nowhere()

    @override
    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        sends = Sends(self, request)
        asked: httpx.Request
        for asked in iterate(sends.flow, self.world):
            sends.response = yield asked

    @override
    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        from restkit.flow.awaiting import Aiteration, aiterate

        sends = Sends(self, request)
        steps: Aiteration[httpx.Request] = aiterate(sends.flow, self.world)
        try:
            async for asked in steps:
                sends.response = yield asked
        finally:
            await steps.aclose()

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @override
    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and is not pickled: make it anew where it is needed")


class Sends:
    """A scheme's exchange with a bare httpx client: it emits what is to be sent, and is told the answers."""

    flow: Emitting[httpx.Request]
    response: httpx.Response | None

    def __init__(self, scheme: Scheme, request: httpx.Request) -> None:
        self.response = None
        self.flow = self._flow(scheme, request)

    def _flow(self, scheme: Scheme, request: httpx.Request) -> Emitting[httpx.Request]:
        _ = yield from scheme.exchange(request, self._send)

    def _send(self, request: httpx.Request) -> Flow[httpx.Response]:
        yield from Emit(request)
        return cast("httpx.Response", self.response)  # httpx has told


def done(steps: Flow[T] | Coroutine[object, object, T] | None) -> Flow[T | None]:
    """Wait for what may have to be waited for. Raises ConfigError for a coroutine, which no flow is."""
    if steps is None:
        return None
    if isinstance(steps, Coroutine):
        steps.close()
        raise ConfigError("auth", "has a method that is `async def`", "write it as a flow: `yield from Ask(...)`")
    return (yield from steps)


def whole(request: httpx.Request) -> Flow[None]:
    """Read the body of a request into memory. Raises InputError for one that can be read only once."""
    if isinstance(request.stream, Outgoing) and not request.stream.replayable:
        raise InputError("content", "is streamed, and has to be signed whole", "pass bytes, a form or a file")
    _ = yield from Ask(request.read, request.aread)
