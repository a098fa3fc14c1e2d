"""Calls as values: described by a resource, performed by a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, Self

import attrs
from attrs import field, frozen
from typing_extensions import TypeVar, Unpack, override

from restkit.context import CallOptions, ViewOptions
from restkit.errors import ConfigError, InputError
from restkit.flow import Effect, Emitting, Flow, World, run
from restkit.flow.awaiting import arun
from restkit.pipeline import Layer
from restkit.policies.checked import seconds
from restkit.settings import check_call
from restkit.shape import PLAIN, Shape
from restkit.unset import UNSET

if TYPE_CHECKING:
    from restkit.url import Query

R = TypeVar("R", default=Any)
T = TypeVar("T")


class Pending(Enum):
    """The type of `PENDING`."""

    PENDING = "pending"


PENDING: Literal[Pending.PENDING] = Pending.PENDING
"""What a call that was just made answers: its method's annotation will say."""


class Payload(NamedTuple):
    """A request body: at most one of these is given. `json` may be None, which is JSON's null."""

    json: object = UNSET
    content: Any = None
    data: Mapping[str, Any] | None = None
    files: Any = None

    @override
    def __repr__(self) -> str:
        unset = Payload._field_defaults
        given = [name for name, value in self._asdict().items() if value is not unset[name]]
        return f"<Payload of {' and '.join(given) or 'nothing'}>"  # it may hold secrets


NOTHING = Payload()


def payload(**given: Any) -> Payload:  # noqa: ANN401 - each as `Payload` has it
    """The body of a call. Raises InputError if it is given in two ways."""
    bodies = {name: value for name, value in given.items() if value is not Payload._field_defaults[name]}
    if len(bodies) > 1 and set(bodies) != {"data", "files"}:
        raise InputError(" and ".join(bodies), "are given together", "a request has one body")
    return Payload(**bodies) if bodies else NOTHING


NO_ANSWERS: Mapping[int, object] = {}
NO_OPTIONS: CallOptions = {}


class Described(Effect[R]):
    """An effect that only a client can perform: it knows what the call consists of."""

    __slots__ = ()

    @override
    def block(self, world: World) -> R:
        answer: R = run(world.expand(self), world)
        return answer

    @override
    async def wait(self, world: World) -> R:
        answer: R = await arun(world.expand(self), world)
        return answer


@frozen(eq=False, repr=False, init=True, slots=False)  # made for each call: a dict is filled faster than slots
class Op(Described[R], Generic[R]):
    """One request and how its answer is read: a value, to be executed, composed, stored, shown or stepped in a test.

    `client.execute(op)` performs it; `yield from op` does within a flow.
    """

    method: str
    path: str
    """Below the client's base URL, its values in place and escaped."""
    route: str = ""
    """The template it was made from: what metrics and errors call it."""
    params: Query | None = None
    headers: Mapping[str, str] | None = None
    payload: Payload = NOTHING
    returns: Any = UNSET
    """What the answer becomes: a type, or a function of the httpx.Response."""
    answers: Mapping[int, Any] = NO_ANSWERS
    """Further statuses that are answers, each with its type, or None for no value."""
    idempotent: bool | None = None
    """Whether sending it twice is as good as once; None leaves that to the method."""
    raises: bool = True
    """Whether an error status is raised rather than returned."""
    options: CallOptions = field(default=NO_OPTIONS)
    layers: Sequence[Layer] = ()
    """Layers around this call alone, outside those of the client."""
    shape: Shape = PLAIN
    """The envelope, the codec and the query style, where they are not the client's."""

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """The same call with other timeouts. Raises InputError for a wrong one."""
        return attrs.evolve(self, options={**self.options, **check_call(options)})

    def completed(self, returns: object) -> Self:
        """This call, reading its answer as `returns` unless it says so itself: the last step of making it."""
        if self.returns is PENDING:  # nobody else has seen it yet
            object.__setattr__(self, "returns", returns)
        return attrs.evolve(self, returns=returns) if self.returns is UNSET else self

    @override
    def _parts(self) -> tuple[object, ...]:
        return attrs.astuple(self, recurse=False)

    @override
    def __hash__(self) -> int:
        return hash((self.method, self.path))

    @override
    def __repr__(self) -> str:
        return f"<Op {self.method} {self.route or self.path}>"


class Plan(Described[R], Generic[R]):
    """Several steps, described: it can be executed and composed as an `Op` can, but it is no single request.

    `steps` begins them anew, each time.
    """

    __slots__ = ("name", "steps")
    name: str
    steps: Callable[[], Flow[R]]

    def __init__(self, name: str, steps: Callable[[], Flow[R]]) -> None:
        self.name, self.steps = name, steps

    @override
    def __repr__(self) -> str:
        return f"<Plan {self.name}>"


class Within(Described[R], Generic[R]):
    """Have a described call, or a flow, be over within so many seconds, however many calls it makes.

    `yield from Within(30, self.steps.op())` within a flow; `client.execute(what, total=30)` is the same from outside.
    Each call keeps its own deadline, too. Raises DeadlineExceeded.
    """

    __slots__ = ("seconds", "until", "what")
    seconds: float
    what: Effect[R] | Flow[R]
    until: float | None
    """The moment, once it has begun."""

    def __init__(self, seconds: float, what: Effect[R] | Flow[R], *, until: float | None = None) -> None:
        self.seconds, self.what, self.until = checked_seconds(seconds), what, until


def checked_seconds(given: float) -> float:
    """Seconds that everything together may take. Raises InputError."""
    try:
        return seconds("total", given)
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None


class Caller(Protocol):
    """What performs described calls: a client, in either world. The answers are awaitable in the awaiting one."""

    @property
    def awaits(self) -> bool:
        """Whether it is an awaiting client."""
        ...

    def execute(self, what: Any, /) -> Any:  # noqa: ANN401 - typed where users see it, in Client
        """Perform a call and answer its value."""

    def raw(self, op: Any, /) -> Any:  # noqa: ANN401 - likewise
        """Perform a call and answer its Response, whatever its status."""

    def respond(self, op: Any, /) -> Any:  # noqa: ANN401 - likewise
        """Perform a call and answer its Response, raising for an error status if the call says so."""

    def stream(self, op: Any, /) -> Any:  # noqa: ANN401 - likewise
        """Perform a call and open its Response."""

    def iterate(self, flow: Emitting[T], /) -> Any:  # noqa: ANN401 - likewise
        """Run an iteration."""

    def with_options(self, **options: Unpack[ViewOptions]) -> Self:
        """A view of the client with other options."""
        ...
