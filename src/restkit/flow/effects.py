"""Flows, and the closed set of effects they ask for.

Theory of operation. A flow is a generator that asks (`answer = yield from Send(request)`) and never does I/O itself.
An engine takes each effect and lets it perform itself upon a `World`: `block` in the blocking world, `wait` in the
awaiting one. Engines know nothing else, so they never change; a layer knows nothing of engines, so it is written once.

    Send     a response from the transport          Open    something the engine closes if the run fails
    Sleep    time                                   Race    the first of several flows to answer
    Wait     a promise that another caller keeps    Spawn   work in the background
    Ask      a function of the outside world        Emit    an item of an iteration

On the way out (`finally`, `except BaseException`) a flow calls plain functions and asks for nothing.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeAlias, cast

import httpx
from typing_extensions import TypeVar, override

from restkit.errors import ConfigError
from restkit.flow.promise import Abandoned, Promise
from restkit.flow.scope import within

if TYPE_CHECKING:
    from restkit.flow.world import World

T = TypeVar("T")
GRACE = 0.1
"""Seconds that a failed run may spend closing what it opened."""


class Effect(ABC, Generic[T]):
    """Something a flow asks for. `yield from effect` answers it, exactly typed."""

    __slots__ = ()
    opens: ClassVar[bool] = False
    """Whether the engine closes the answer, should the run fail."""
    lasts: ClassVar[bool] = False
    """Whether it takes time that can be cut short: by whoever bounds the flow that asks for it."""

    @abstractmethod
    def block(self, world: World) -> T:
        """Perform in the blocking world."""

    @abstractmethod
    def wait(self, world: World) -> Coroutine[Any, Any, T]:
        """Perform in the awaiting world."""

    def __iter__(self) -> Flow[T]:
        answer: T = yield self
        return answer

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for kind in type(self).__mro__ for name in getattr(kind, "__slots__", ()))

    @override
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._parts() == cast("Effect[Any]", other)._parts()  # same type

    @override
    def __hash__(self) -> int:
        return hash((type(self), self._parts()))

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._parts()))})"


Flow: TypeAlias = Generator[Effect[Any], Any, T]
"""A generator that asks for effects and returns T: a layer's behaviour, or the steps of a multi-step operation."""


class Sleep(Effect[None]):
    """Let time pass, in seconds of the world's clock."""

    __slots__ = ("seconds",)
    lasts: ClassVar[bool] = True
    seconds: float

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @override
    def block(self, world: World) -> None:
        if world.stop is None:
            return world.clock.sleep(self.seconds)
        try:
            world.stop.block(world.clock, self.seconds)
        except TimeoutError:
            return None
        raise Abandoned

    @override
    async def wait(self, world: World) -> None:
        await within(lambda: world.clock.asleep(self.seconds), None, world.stop, Abandoned)


class Wait(Effect[T]):
    """Park until a promise is kept, until that moment at most (then TimeoutError)."""

    __slots__ = ("promise", "until")
    lasts: ClassVar[bool] = True
    promise: Promise[T]
    until: float | None

    def __init__(self, promise: Promise[T], until: float | None = None) -> None:
        self.promise, self.until = promise, until

    @override
    def block(self, world: World) -> T:
        return self.promise.block(world.clock, world.left(self.until), world.stop)

    @override
    async def wait(self, world: World) -> T:
        return await self.promise.wait(world.clock, world.left(self.until), world.stop)


class Ask(Effect[T]):
    """One function of the outside world in its two forms: a store, a hook, reading or closing a body."""

    __slots__ = ("awaiting", "blocking")
    blocking: Callable[[], T]
    awaiting: Callable[[], Awaitable[T]]

    def __init__(self, blocking: Callable[[], T], awaiting: Callable[[], Awaitable[T]]) -> None:
        self.blocking, self.awaiting = blocking, awaiting

    @classmethod
    def of(cls, function: Callable[..., T | Awaitable[T]], *values: object) -> Ask[T]:
        """Ask a callable of the user, plain or asynchronous, with these values.

        The blocking world refuses an asynchronous one with ConfigError.
        """

        def blocking() -> T:
            answer = function(*values)
            refuse_awaitable(function, answer)
            return cast("T", answer)  # as nothing has to be awaited

        async def awaiting() -> T:
            answer = function(*values)
            if inspect.isawaitable(answer):
                awaited: T = await answer
                return awaited
            return answer

        return Ask(blocking, awaiting)

    @override
    def block(self, world: World) -> T:
        return self.blocking()

    @override
    async def wait(self, world: World) -> T:
        return await self.awaiting()


def refuse_awaitable(function: Callable[..., object], answer: object) -> None:
    """Raise ConfigError for an answer that the blocking world cannot await."""
    if inspect.isawaitable(answer):
        forget(answer)
        raise ConfigError(name_of(function), "is asynchronous", "a blocking client takes plain functions")


def forget(answer: object) -> None:
    """Drop a coroutine that will not be awaited, without Python's warning."""
    if inspect.iscoroutine(answer):
        answer.close()


def name_of(function: Callable[..., object]) -> str:
    """What to call a callable in an error."""
    return getattr(function, "__name__", type(function).__name__)


def read(response: httpx.Response) -> Ask[bytes]:
    """Ask for the whole body."""
    return Ask(response.read, response.aread)


def close(response: httpx.Response) -> Ask[None]:
    """Ask for a response to be closed, as a layer does before it sleeps or sends again."""
    return Ask(response.close, response.aclose)


class Steps(Protocol):
    """Something that is opened, used and closed, in either world."""

    def open(self) -> object:
        """Begin, blocking."""

    async def aopen(self) -> object:
        """Begin, awaiting."""

    def close(self) -> object:
        """End, blocking."""

    async def aclose(self) -> object:
        """End, awaiting."""


S = TypeVar("S", bound=Steps)


class Open(Effect[S]):
    """Open `steps`, and have the engine close them should the run fail. Answers the steps themselves."""

    __slots__ = ("steps",)
    opens: ClassVar[bool] = True
    steps: S

    def __init__(self, steps: S) -> None:
        self.steps = steps

    @override
    def block(self, world: World) -> S:
        try:
            _ = self.steps.open()
        except BaseException:
            _ = self.steps.close()
            raise
        return self.steps

    @override
    async def wait(self, world: World) -> S:
        try:
            _ = await self.steps.aopen()
        except BaseException:
            import anyio

            with anyio.move_on_after(GRACE, shield=True):
                _ = await self.steps.aclose()
            raise
        return self.steps


class Emit(Effect[None], Generic[T]):
    """Hand an item to whoever iterates. Only an iteration can perform it: `iterate` and `aiterate` do."""

    __slots__ = ("item",)
    item: T

    def __init__(self, item: T) -> None:
        self.item = item

    @override
    def block(self, world: World) -> None:
        raise ConfigError("flow", "emits items, but nobody iterates over it", "use iterate(flow, world)")

    @override
    async def wait(self, world: World) -> None:
        self.block(world)


Emitting: TypeAlias = Generator["Effect[Any] | Emit[T]", Any, None]
"""A flow that emits items of type T."""


def next_item(flow: Emitting[T]) -> Flow[Emit[T] | None]:
    """Advance an iteration to its next item, as a flow of its own: engines need no second loop. None at the end."""
    try:
        effect = next(flow)
        while not isinstance(effect, Emit):
            try:
                answer = yield from effect
            except BaseException as error:  # noqa: BLE001 - not swallowed: the iteration has it
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)
    except StopIteration:
        return None
    return cast("Emit[T]", effect)  # that is what it emits
