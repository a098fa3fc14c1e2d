"""`@operation` and `@listing`: an author's method, written once, becomes a call in both worlds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeGuard,
    get_args,
    get_origin,
    overload,
)

import attrs
from typing_extensions import TypeVar, Unpack, override

from restkit.annotations import bindings, closed, resolve, substitute
from restkit.calls import (
    AsyncCall,
    AsyncListingCall,
    AsyncStepsCall,
    Call,
    Described,
    DescribedListing,
    DescribedSteps,
    Items,
    ListingCall,
    StepsCall,
)
from restkit.codec import Codec
from restkit.context import CallOptions
from restkit.errors import ConfigError, InputError
from restkit.flow import Flow
from restkit.mode import Async, Sync
from restkit.op import NO_OPTIONS, PENDING, Op
from restkit.pipeline import Layer
from restkit.policies.checked import callables
from restkit.resources import Resources, unbound
from restkit.settings import check_call
from restkit.unset import UNSET

if TYPE_CHECKING:
    from restkit.pagination import Page, Paginator

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Declared:
    """An author's method, with the options and layers that all its calls have."""

    function: Callable[..., Any]
    __name__: str

    def __init__(
        self, function: Callable[..., Any], layers: Sequence[Layer] = (), options: CallOptions = NO_OPTIONS
    ) -> None:
        self.function, self._layers, self._options = function, layers, options
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self._returns: dict[type, Any] = {}

    def describe(self, owner: Resources[Any], *args: Any, **kwargs: Any) -> Op[Any]:  # noqa: ANN401 - the method's own
        """Call the method on a resource, and complete the call it describes."""
        made = self.function(owner, *args, **kwargs)
        if not is_op(made):
            raise ConfigError(self._name(owner), f"gave a {type(made).__name__}", "end it with `return self.call(...)`")
        op = made
        if op.returns is PENDING or op.returns is UNSET:
            kind = type(owner)
            op = op.completed(self._returns[kind] if kind in self._returns else self._declared_on(kind))
        if self._layers or self._options:
            op = attrs.evolve(op, layers=(*self._layers, *op.layers), options={**self._options, **op.options})
        return op

    def paginator(self, owner: Resources[Any]) -> Paginator:
        """How a listing on this resource is paged."""
        from restkit.pagination.single import SINGLE

        return getattr(owner, "_pages", None) or SINGLE

    def _declared_on(self, kind: type) -> Any:  # noqa: ANN401 - a type, of any form
        """What the answer becomes, by the method's annotation, in this class."""
        found = self._returns[kind] = self._resolve(kind)
        return found

    def _resolve(self, kind: type) -> Any:  # noqa: ANN401 - a type, of any form
        name = self.function.__name__
        annotation = self.function.__annotations__.get("return", UNSET)
        declared = resolve(annotation, kind, name, self.function.__globals__) if annotation is not UNSET else None
        if get_origin(declared) is not Op:
            raise ConfigError(
                f"{kind.__qualname__}.{name}", "does not say what it answers", "annotate it `-> Op[User]`"
            )
        return closed(substitute(get_args(declared)[0], bindings(kind)))

    def _name(self, owner: object) -> str:
        return f"{type(owner).__qualname__}.{self.function.__name__}"

    def _on(self, owner: Any, blocking: type[Any], awaiting: type[Any]) -> Any:  # noqa: ANN401 - typed by the overloads
        """This method bound to a resource; on the class itself, the author's function."""
        if owner is None:
            return self.function
        caller = getattr(owner, "_caller", None)
        if caller is None:
            raise unbound(self._name(owner))
        return (awaiting if caller.awaits else blocking)(self, owner, caller)


def is_op(made: object) -> TypeGuard[Op[Any]]:
    """Whether a method described a call."""
    return isinstance(made, Op)


class Operation(Declared, Generic[P, R]):
    """A method that describes one call."""

    @overload
    def __get__(self, owner: None, kind: type, /) -> Callable[Concatenate[Any, P], Op[R]]: ...
    @overload
    def __get__(self, owner: Resources[Sync], kind: type, /) -> Call[P, R]: ...
    @overload
    def __get__(self, owner: Resources[Async], kind: type, /) -> AsyncCall[P, R]: ...
    @overload
    def __get__(self, owner: Resources[Any], kind: type, /) -> Described[P, R]: ...
    def __get__(self, owner: Any, kind: type, /) -> Any:
        return self._on(owner, Call, AsyncCall)


class Procedure(Declared, Generic[P, R]):
    """A method of several steps."""

    @overload
    def __get__(self, owner: None, kind: type, /) -> Callable[Concatenate[Any, P], Flow[R]]: ...
    @overload
    def __get__(self, owner: Resources[Sync], kind: type, /) -> StepsCall[P, R]: ...
    @overload
    def __get__(self, owner: Resources[Async], kind: type, /) -> AsyncStepsCall[P, R]: ...
    @overload
    def __get__(self, owner: Resources[Any], kind: type, /) -> DescribedSteps[P, R]: ...
    def __get__(self, owner: Any, kind: type, /) -> Any:
        return self._on(owner, StepsCall, AsyncStepsCall)


class Listing(Declared, Generic[P, T]):
    """A method that describes the first page of a list."""

    @overload
    def __get__(self, owner: None, kind: type, /) -> Callable[Concatenate[Any, P], Op[Items[T]]]: ...
    @overload
    def __get__(self, owner: Resources[Sync], kind: type, /) -> ListingCall[P, T]: ...
    @overload
    def __get__(self, owner: Resources[Async], kind: type, /) -> AsyncListingCall[P, T]: ...
    @overload
    def __get__(self, owner: Resources[Any], kind: type, /) -> DescribedListing[P, T]: ...
    def __get__(self, owner: Any, kind: type, /) -> Any:
        return self._on(owner, ListingCall, AsyncListingCall)

    @override
    def describe(self, owner: Resources[Any], *args: Any, **kwargs: Any) -> Op[Any]:
        """The call for the first page."""
        op = super().describe(owner, *args, **kwargs)
        if op.returns is not list and get_origin(op.returns) is not list:
            raise ConfigError(self._name(owner), "is a listing of no list", "annotate it `-> Op[list[User]]`")
        item = next(iter(get_args(op.returns)), Any)
        return attrs.evolve(op, returns=PageOf(self.paginator(owner), item))


class PageOf:
    """What a listing's answer becomes: a page, read as its paginator reads it."""

    __slots__ = ("item", "paginator")
    paginator: Paginator
    item: Any

    def __init__(self, paginator: Paginator, item: Any) -> None:  # noqa: ANN401 - a type
        self.paginator, self.item = paginator, item

    def reader(self, codec: Codec) -> Callable[[Any], Page[Any]]:
        """A function from the answer to its page."""
        return self.paginator.reader(codec, self.item)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageOf) and (self.paginator, self.item) == (other.paginator, other.item)

    @override
    def __hash__(self) -> int:
        return hash((id(self.paginator), self.item))


class _Decorator(Protocol):
    """What `@operation(...)` gives when it is called with options."""

    @overload
    def __call__(self, function: Callable[Concatenate[Any, P], Op[R]], /) -> Operation[P, R]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[Any, P], Flow[R]], /) -> Procedure[P, R]: ...


@overload
def operation(function: Callable[Concatenate[Any, P], Op[R]], /) -> Operation[P, R]: ...
@overload
def operation(function: Callable[Concatenate[Any, P], Flow[R]], /) -> Procedure[P, R]: ...
@overload
def operation(*, layers: Sequence[Layer] = (), **options: Unpack[CallOptions]) -> _Decorator: ...
def operation(
    function: Callable[..., Any] | None = None, /, *, layers: Sequence[Layer] = (), **options: Unpack[CallOptions]
) -> Any:
    """Make a method an operation of its resource, in both worlds.

    The method describes one call (`return self.call(...)`, annotated `-> Op[User]`), or several as a flow (`yield from
    self.get.op(7)`, annotated `-> Flow[User]`). With `layers` and call options, such as `@operation(deadline=5)`, all
    its calls have them. Raises ConfigError for a wrong option.
    """
    if function is not None:
        return _declare(function, (), NO_OPTIONS)
    return _decorator("@operation", _declare, layers, options)


def _decorator(name: str, declare: Callable[..., Any], layers: Sequence[Layer], options: CallOptions) -> Any:  # noqa: ANN401 - typed by the overloads
    """What `@operation(...)` and `@listing(...)` give."""
    try:
        checked = check_call(options)
    except InputError as error:
        raise ConfigError(f"{name}({error.field})", error.reason, error.remedy) from None
    checked_layers = callables(f"{name}(layers)", layers)

    def decorate(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - typed by the overloads
        return declare(function, checked_layers, checked)

    return decorate


def refuse_async(name: str, function: Callable[..., Any]) -> None:
    """Raise ConfigError for an `async def`: an operation describes its call, and asks for nothing."""
    if inspect.iscoroutinefunction(function):
        raise ConfigError(
            f"{name} on {function.__qualname__}", "is asynchronous", "write `def`, and `yield from` instead of await"
        )


def _declare(function: Callable[..., Any], layers: Sequence[Layer], options: CallOptions) -> Any:  # noqa: ANN401 - typed by the overloads
    refuse_async("@operation", function)
    if is_flow(function):
        if layers or options:
            raise ConfigError(
                f"@operation(...) on {function.__qualname__}",
                "has options, but several calls",
                "give them to its calls",
            )
        return Procedure[..., Any](function, layers, options)
    return Operation[..., Any](function, layers, options)


def is_flow(function: Callable[..., Any]) -> bool:
    """Whether a method is a flow: a generator, or annotated to return one."""
    annotation = function.__annotations__.get("return")
    text = annotation if isinstance(annotation, str) else ""
    return inspect.isgeneratorfunction(function) or text.startswith("Flow[") or get_origin(annotation) is Generator


class _ListingDecorator(Protocol):
    """What `@listing(...)` gives when it is called with options."""

    def __call__(self, function: Callable[Concatenate[Any, P], Op[Items[T]]], /) -> Listing[P, T]: ...


@overload
def listing(function: Callable[Concatenate[Any, P], Op[Items[T]]], /) -> Listing[P, T]: ...
@overload
def listing(*, layers: Sequence[Layer] = (), **options: Unpack[CallOptions]) -> _ListingDecorator: ...
def listing(
    function: Callable[..., Any] | None = None, /, *, layers: Sequence[Layer] = (), **options: Unpack[CallOptions]
) -> Any:
    """Make a method a listing: it describes the first page, and gives something to iterate over.

    Annotate it `-> Op[list[User]]`. How the next page is found is the resource's `pages=`. With `layers` and call
    options all its calls have them. Raises ConfigError for a wrong option.
    """
    if function is not None:
        return _declare_listing(function, (), NO_OPTIONS)
    return _decorator("@listing", _declare_listing, layers, options)


def _declare_listing(function: Callable[..., Any], layers: Sequence[Layer], options: CallOptions) -> Listing[..., Any]:
    refuse_async("@listing", function)
    return Listing[..., Any](function, layers, options)
