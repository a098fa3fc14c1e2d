"""One deadline for several token requests: finding the endpoint, and asking it."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypeVar, override

from restkit.errors import AuthError
from restkit.flow import Clock, Effect, Flow, World
from restkit.flow.bounded import bounded

T = TypeVar("T")


class Term(Effect[float | None]):
    """Ask by which moment all has to be over of which a request is a part; None if nobody bounds it."""

    __slots__ = ("until",)
    until: float | None

    def __init__(self, until: float | None = None) -> None:
        self.until = until

    @override
    def block(self, world: World) -> float | None:
        return self.until

    @override
    async def wait(self, world: World) -> float | None:
        return self.until


def in_term(flow: Flow[T], seconds: float, clock: Clock) -> Flow[T]:
    """Bound a flow to so many seconds, and tell that whoever asks in it. Raises AuthError."""
    until = clock.now() + seconds

    def late() -> AuthError:
        return AuthError(f"not over within {seconds:g} s, with all that had to be asked for")

    def told(effect: Effect[Any]) -> Effect[Any]:
        return Term(until) if isinstance(effect, Term) else effect

    return bounded(flow, until, clock.now, late, told)
