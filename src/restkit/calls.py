"""Bound calls: an operation on a resource of a client.

Theory of operation. `@operation` and `@listing` (in `declare.py`) make descriptors. On a client's resource they give a
*bound call*: in a blocking client a `Call`, in an awaiting one an `AsyncCall`, and inside a generic definition, where
the world is not known, what both have: `.op`. Type checkers see which by the resource's type; at run time the client
says, and its `execute` either blocks or answers something to await. On the class itself they give the author's
function, for help() and the docs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, Self

from typing_extensions import TypeVar, Unpack, override

from restkit.context import CallOptions, ViewOptions
from restkit.flow import Flow
from restkit.op import NO_OPTIONS, Caller, Op, Plan
from restkit.resources import Resources
from restkit.settings import of_the_call

if TYPE_CHECKING:
    from restkit.pagination import AsyncPages, Page, Pages, Paginator, Walk
    from restkit.response import Response

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Items = list


class Declaration(Protocol):
    """What an author has declared: `restkit.declare` makes them."""

    @property
    def function(self) -> Callable[..., Any]:
        """The author's method."""
        ...

    def describe(self, owner: Resources[Any], *args: Any, **kwargs: Any) -> Op[Any]:  # noqa: ANN401 - the method's own
        """Call it on a resource, and complete the call it describes."""
        ...

    def paginator(self, owner: Resources[Any]) -> Paginator:
        """How a listing on this resource is paged."""
        ...


class Bound(Generic[P]):
    """An operation on a resource of a client."""

    def __init__(
        self, declared: Declaration, owner: Resources[Any], caller: Caller, options: CallOptions = NO_OPTIONS
    ) -> None:
        self._declared, self._owner, self._caller, self._options = declared, owner, caller, options
        self.__doc__ = declared.function.__doc__

    def with_options(self, **options: Unpack[ViewOptions]) -> Self:
        """The same operation with other timeouts, headers or parameters; they go before those of its declaration."""
        own = of_the_call({**self._options, **options})
        return type(self)(self._declared, self._owner, self._caller.with_options(**options), own)

    def _describe(self, *args: Any, **kwargs: Any) -> Op[Any]:  # noqa: ANN401 - the method's own
        op = self._declared.describe(self._owner, *args, **kwargs)
        return op.with_options(**self._options) if self._options else op

    @property
    def __name__(self) -> str:
        return self._declared.function.__name__

    @property
    def __signature__(self) -> inspect.Signature:
        signature = inspect.signature(self._declared.function)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    @override
    def __repr__(self) -> str:
        return f"<{type(self._owner).__name__}.{self.__name__}{self.__signature__}>"


class Described(Bound[P], Generic[P, R]):
    """An operation where the world is not known: it can be described."""

    def op(self, *args: P.args, **kwargs: P.kwargs) -> Op[R]:
        """The call as a value, to be executed, composed or stored."""
        answer: Op[R] = self._describe(*args, **kwargs)
        return answer


class Call(Described[P, R]):
    """An operation on a blocking client."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Perform it. Raises RestkitError."""
        answer: R = self._caller.execute(self._describe(*args, **kwargs))
        return answer

    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[R]:
        """Perform it, and answer its Response whatever its status; `.data` decodes when it is read."""
        answer: Response[R] = self._caller.raw(self.op(*args, **kwargs))
        return answer

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> AbstractContextManager[Response[R]]:
        """Perform it, and open its Response: `with call.stream(...) as response`."""
        answer: AbstractContextManager[Response[R]] = self._caller.stream(self.op(*args, **kwargs))
        return answer


class AsyncCall(Described[P, R]):
    """An operation on an awaiting client."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """Perform it. Raises RestkitError."""
        answer: Coroutine[Any, Any, R] = self._caller.execute(self._describe(*args, **kwargs))
        return answer

    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Response[R]]:
        """Perform it, and answer its Response whatever its status; `.data` decodes when it is read."""
        answer: Coroutine[Any, Any, Response[R]] = self._caller.raw(self.op(*args, **kwargs))
        return answer

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> AbstractAsyncContextManager[Response[R]]:
        """Perform it, and open its Response: `async with call.stream(...) as response`."""
        opened = self._caller.stream(self.op(*args, **kwargs))
        answer: AbstractAsyncContextManager[Response[R]] = opened
        return answer


class DescribedSteps(Bound[P], Generic[P, R]):
    """Several steps where the world is not known: they can be described."""

    def op(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """The steps as a value, to be executed, composed or stored."""
        function, owner = self._declared.function, self._owner
        return Plan(f"{type(owner).__name__}.{self.__name__}", lambda: function(owner, *args, **kwargs))


class StepsCall(DescribedSteps[P, R]):
    """Several steps on a blocking client: no single status, so no `.raw`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Go through them. Raises RestkitError."""
        answer: R = self._caller.execute(self.op(*args, **kwargs))
        return answer


class AsyncStepsCall(DescribedSteps[P, R]):
    """Several steps on an awaiting client: no single status, so no `.raw`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """Go through them. Raises RestkitError."""
        answer: Coroutine[Any, Any, R] = self._caller.execute(self.op(*args, **kwargs))
        return answer


class DescribedListing(Bound[P], Generic[P, T]):
    """A listing where the world is not known: a page is an `Op`, all of them are a flow."""

    def op(self, *args: P.args, **kwargs: P.kwargs) -> Op[Page[T]]:
        """The call for the first page."""
        answer: Op[Page[T]] = self._describe(*args, **kwargs)
        return answer

    def collect(self, *args: P.args, **kwargs: P.kwargs) -> Flow[Items[T]]:
        """All items, as a step of a flow."""
        return self._walk(*args, **kwargs).collect()

    def _walk(self, *args: P.args, **kwargs: P.kwargs) -> Walk[T]:
        from restkit.pagination import Walk

        return Walk(self.op(*args, **kwargs), self._declared.paginator(self._owner))


class ListingCall(DescribedListing[P, T]):
    """A listing on a blocking client."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Pages[T]:
        """Something to iterate over; nothing is sent before that."""
        from restkit.pagination import Pages

        return Pages(self._walk(*args, **kwargs), self._caller)

    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Response[Page[T]]:
        """The Response with the first page, whatever its status."""
        answer: Response[Page[T]] = self._caller.raw(self.op(*args, **kwargs))
        return answer


class AsyncListingCall(DescribedListing[P, T]):
    """A listing on an awaiting client."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncPages[T]:
        """Something to iterate over with `async for`; nothing is sent before that."""
        from restkit.pagination import AsyncPages

        return AsyncPages(self._walk(*args, **kwargs), self._caller)

    def raw(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Response[Page[T]]]:
        """The Response with the first page, whatever its status."""
        answer: Coroutine[Any, Any, Response[Page[T]]] = self._caller.raw(self.op(*args, **kwargs))
        return answer
