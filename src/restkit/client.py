"""Client: a stack over a transport, and what hangs on it."""

from __future__ import annotations

import inspect
import types
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, cast, overload

import httpx
from typing_extensions import TypeVar, Unpack, override

from restkit.answers import Answers
from restkit.context import CallOptions, ViewOptions
from restkit.declare import is_op
from restkit.draft import Draft
from restkit.errors import ConfigError, InputError, RestkitError
from restkit.flow import Effect, Emitting, Flow, World
from restkit.mode import Async, M, Sync
from restkit.op import Caller, Op, Within
from restkit.passage import Passage
from restkit.plain import PlainVerbs
from restkit.reading import Readers
from restkit.redaction import redact_url
from restkit.resources import Resources
from restkit.response import Response
from restkit.session import Session
from restkit.settings import Keywords, Settings, check_view
from restkit.url import encode_query

if TYPE_CHECKING:
    from restkit.builder import RequestBuilder

R = TypeVar("R")
T = TypeVar("T")
S = TypeVar("S", bound="Client[Sync]")
A = TypeVar("A", bound="Client[Async]")


class Client(PlainVerbs[M]):
    """An API's client: `class Acme(Client[M], base_url="https://api.acme.test"): users: Users[M]`.

    `Acme()` blocks, `Acme[Async]()` awaits. Settings are keywords of the class and of the constructor; `Settings` says
    what each means. Threads, tasks and event loops may share a client. Close it, or use it in a `with`.

    Raises ConfigError for an unknown or wrong setting.
    """

    settings: Settings
    world: World
    """What its flows act upon, for whoever runs them with an engine of their own."""

    awaits: bool = False
    """Whether it is an awaiting client."""
    _defaults: ClassVar[Settings] = Settings()
    _others: ClassVar[dict[type[Sync | Async], type[Client[Any]]]] = {}
    _where: str = ""
    _route: str = ""

    def __init_subclass__(cls, **settings: Unpack[Keywords]) -> None:
        super().__init_subclass__()
        if "_others" not in cls.__dict__:
            cls._others = {}
        refuse_taken_names(cls)
        cls._defaults = cls._defaults.with_keywords(settings)

    def __class_getitem__(cls, mode: Any) -> Any:  # noqa: ANN401 - a world or a type variable
        """The same client in that world: a real subclass, always the same one."""
        if mode is not Sync and mode is not Async:
            return super().__class_getitem__(mode)  # type: ignore[misc] # typing.Generic has it at run time
        if (mode is Async) is cls.awaits:
            return cls
        return cls._others.get(mode) or cls._others.setdefault(mode, cls._twin(mode))

    @classmethod
    def _twin(cls, mode: type[Sync | Async]) -> type[Client[Any]]:
        """This class in the other world: if several threads make one at once, the first one counts."""
        body: dict[str, object] = {"_others": {Async if cls.awaits else Sync: cls}, "awaits": not cls.awaits}
        body |= {"__module__": cls.__module__, "__doc__": cls.__doc__}
        return types.new_class(f"{cls.__name__}[{mode.__name__}]", (cls,), exec_body=lambda names: names.update(body))

    def __init__(self, **settings: Unpack[Keywords]) -> None:
        self.settings = self._defaults.with_keywords(settings)
        self._session = Session(self.settings, type(self).__name__, awaits=self.awaits)
        self._readers = Readers(self.settings.codec)
        if self.settings.error_model is not None:
            _ = self.settings.codec.decoder(self.settings.error_model)
        self._begin({})

    def _begin(self, options: ViewOptions) -> None:
        overridden = type(self).handle_error is not Client.handle_error
        draft = Draft(self.settings, options, awaits=self.awaits)
        answers = Answers(self.settings, self._readers, self.handle_error if overridden else itself)
        self._passage = Passage(self._session.pipeline, draft, answers, self.settings)
        self.world = self._session.world(self._passage.expand)
        self._run = self._session.arun if self.awaits else self._session.run

    @property
    def _caller(self) -> Self:  # type: ignore[override] # a client is its resources' caller, and its own
        return self

    @overload
    def execute(
        self: Client[Sync], what: Effect[R] | Flow[R], /, *, total: float | None = None, **options: Unpack[CallOptions]
    ) -> R: ...
    @overload
    def execute(
        self: Client[Async], what: Effect[R] | Flow[R], /, *, total: float | None = None, **options: Unpack[CallOptions]
    ) -> Coroutine[Any, Any, R]: ...
    def execute(self, what: Any, /, *, total: float | None = None, **options: Unpack[CallOptions]) -> Any:
        """Perform a described call, or run a flow, and answer its value. Raises RestkitError.

        `total` is the seconds that all of it may take, however many calls it makes; the options are those of each call.
        """
        if total is not None:
            what = Within(total, what)
        if options and is_op(what):
            return self._run(self._passage.value(what.with_options(**options)), self.world)
        if options:
            return cast("Caller", self.with_options(**options)).execute(what)  # in its own world
        passage = self._passage
        return self._run(passage.value(what) if type(what) is Op else passage.expand(what), self.world)

    @overload
    def raw(self: Client[Sync], op: Op[R], /) -> Response[R]: ...
    @overload
    def raw(self: Client[Async], op: Op[R], /) -> Coroutine[Any, Any, Response[R]]: ...
    def raw(self, op: Op[Any], /) -> Any:
        """Perform a described call and answer its Response, whatever its status."""
        return self._run(self._passage.wrapped(described(op)), self.world)

    @overload
    def respond(self: Client[Sync], op: Op[R], /) -> Response[R]: ...
    @overload
    def respond(self: Client[Async], op: Op[R], /) -> Coroutine[Any, Any, Response[R]]: ...
    def respond(self, op: Op[Any], /) -> Any:
        """Perform a described call and answer its Response. Raises StatusError for an undeclared error status."""
        return self._run(self._passage.checked(described(op)), self.world)

    @overload
    def stream(
        self: Client[Sync], op: Op[R], /, **options: Unpack[CallOptions]
    ) -> AbstractContextManager[Response[R]]: ...
    @overload
    def stream(
        self: Client[Async], op: Op[R], /, **options: Unpack[CallOptions]
    ) -> AbstractAsyncContextManager[Response[R]]: ...
    def stream(self, op: Op[Any], /, **options: Unpack[CallOptions]) -> Any:
        """Perform a described call and open its Response: the body comes as it is read, and is closed at the end.

        The deadline holds for the body as well: pass `deadline=None` for a long one. Raises StatusError for an
        undeclared error status.
        """
        from restkit.opening import Opening

        op = described(op).with_options(**options) if options else described(op)
        return Opening[Any](lambda: self._run(self._passage.opened(op), self.world), awaits=self.awaits)

    @overload
    def iterate(self: Client[Sync], flow: Emitting[T], /) -> Iterator[T]: ...
    @overload
    def iterate(self: Client[Async], flow: Emitting[T], /) -> AsyncIterator[T]: ...
    def iterate(self, flow: Emitting[Any], /) -> Any:
        """Run a flow that emits items, as far as they are asked for."""
        return (self._session.aiterate if self.awaits else self._session.iterate)(flow, self.world)

    def build(self) -> RequestBuilder[M, Any]:
        """Write a one-off call piece by piece: `client.build().get("/users").params({...}).execute()`."""
        from restkit.builder import RequestBuilder

        return RequestBuilder[M, Any](cast("Caller", self), Op("GET", ""))  # in its own world

    def as_curl(self, op: Op[Any], /, *, secrets: bool = False) -> str:
        """A described call as a curl command; its secrets are masked unless `secrets`."""
        from restkit.curl import as_curl

        draft, op = self._passage.draft, described(op)
        return as_curl(draft.request(op, draft.context(op, streamed=False)), self.settings.redact, secrets=secrets)

    def with_options(self, **options: Unpack[ViewOptions]) -> Self:
        """A view of this client with other timeouts, headers or parameters: it shares the pool and all state.

        Closing a view closes the client. Raises InputError for an unknown or wrong option.
        """
        view = object.__new__(type(self))
        view.__dict__.update({k: v for k, v in self.__dict__.items() if not isinstance(v, Resources)})
        view._begin(with_view(self._passage.draft.options, options))
        return view

    @overload
    def as_httpx(self: Client[Sync]) -> httpx.Client: ...
    @overload
    def as_httpx(self: Client[Async]) -> httpx.AsyncClient: ...
    def as_httpx(self) -> Any:
        """A plain httpx client on the same layers and pool, for code that wants one. Closing it closes neither."""
        from restkit.lent import Lent

        draft = self._passage.draft
        kind = httpx.AsyncClient if self.awaits else httpx.Client
        return kind(
            transport=Lent(self._session, allow_insecure=self.settings.allow_insecure),
            base_url=self.settings.base_url or "",
            headers=[(name, value) for name, value in draft.headers.multi_items() if name != "host"],
            params=httpx.QueryParams(encode_query(draft.params, self.settings.query_style)),
            timeout=draft.options.get("timeout", self.settings.timeout),
            trust_env=False,
        )

    def handle_error(self, error: RestkitError) -> Exception:
        """What to raise for an error of a call: override it in a subclass to raise exceptions of your own.

        What is refused before there is a call (a path value, a closed client) does not come here.
        """
        return error

    @property
    def is_closed(self) -> bool:
        """Whether it has been closed."""
        return self._session.is_closed

    def close(self: Client[Sync]) -> None:
        """Refuse further calls, call off those under way, and close the pool. Again: nothing."""
        self._must_block("close()", "await client.aclose()")
        self._session.close()

    async def aclose(self: Client[Async]) -> None:
        """Refuse further calls, call off those under way, and close the pools. Again: nothing."""
        self._must_await("aclose()", "client.close()")
        await self._session.aclose()

    def __enter__(self) -> Self:
        self._must_block("`with`", "`async with`")
        return self

    def __exit__(
        self: Client[Sync], kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    async def __aenter__(self) -> Self:
        self._must_await("`async with`", "`with`")
        return self

    async def __aexit__(
        self: Client[Async], kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.aclose()

    def _must_block(self, what: str, instead: str) -> None:
        if self.awaits:
            raise ConfigError(what, f"is for blocking clients, and {type(self).__name__} awaits", f"use {instead}")

    def _must_await(self, what: str, instead: str) -> None:
        if not self.awaits:
            raise ConfigError(what, f"is for awaiting clients, and {type(self).__name__} blocks", f"use {instead}")

    @override
    def __repr__(self) -> str:
        base = self.settings.base_url
        return f"<{type(self).__name__}{'' if base is None else ' ' + redact_url(str(base))}>"


def refuse_taken_names(kind: type[Client[Any]]) -> None:
    """Raise ConfigError for a resource that would hide behind something that every client has."""
    for name in inspect.get_annotations(kind):
        if not name.startswith("_") and hasattr(PlainVerbs, name) | hasattr(Client, name) | (name == "settings"):
            raise ConfigError(f"{kind.__qualname__}.{name}", "is a name that every client uses", "choose another")


def described(op: object) -> Op[Any]:
    """A described call. Raises InputError for anything else, such as a path."""
    if not is_op(op):
        raise InputError("op", f"is of type {type(op).__name__}", "pass an op, such as client.users.get.op(7)")
    return op


def itself(error: RestkitError) -> Exception:
    """Handle no error: raise it as it is."""
    return error


def with_view(options: ViewOptions, further: ViewOptions) -> ViewOptions:
    """The options of a view of a view; headers and parameters are added to those there are."""
    checked = check_view(further)
    made: ViewOptions = {**options, **checked}
    if "headers" in checked:
        headers = httpx.Headers(options.get("headers"))
        headers.update(checked["headers"])
        made["headers"] = headers
    if "params" in checked:
        made["params"] = {**options.get("params", {}), **checked["params"]}
    return made


AsyncClient: TypeAlias = Client[Async]
