"""A flow, stepped by hand: with no clock, no loop and no transport."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from typing_extensions import TypeVar

from restkit.flow import Abandoned, Effect, Flow
from restkit.testing.strand import AskedOnTheWayOut

T = TypeVar("T")


class Stepper(Generic[T]):
    """A flow and what it asks for; whatever it raises comes out of the step that made it.

        steps = Stepper(layer(request, proceed))
        assert Send(request) == steps.effect
        steps.answer(response)
        assert response is steps.returned

    In place of `proceed` a layer is given `Send`: the layers below then are one effect.
    """

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self._effect: Effect[Any] | None = None
        self._returned: tuple[T] | None = None
        self._go(lambda: next(flow))

    @property
    def effect(self) -> Effect[Any]:
        """What it asks for. Raises AssertionError if it asks for nothing any more."""
        if self._effect is None:
            raise AssertionError("the flow is over")
        return self._effect

    @property
    def returned(self) -> T:
        """What it returned. Raises AssertionError if it did not."""
        if self._returned is None:
            raise AssertionError("the flow has raised" if self._effect is None else f"the flow asks for {self._effect}")
        return self._returned[0]

    @property
    def is_over(self) -> bool:
        """Whether it asks for nothing any more."""
        return self._effect is None

    def answer(self, value: Any = None) -> None:  # noqa: ANN401 - whatever the effect answers
        """Answer what it asks for, and go on to the next."""
        _ = self.effect
        self._go(lambda: self._flow.send(value))

    def throw(self, error: BaseException) -> None:
        """Fail what it asks for, and go on to the next."""
        _ = self.effect
        self._go(lambda: self._flow.throw(error))

    def cancel(self, error: BaseException | None = None) -> None:
        """Call it off where it stands, as an engine does: by Abandoned, or by the error that is given.

        Raises AskedOnTheWayOut if it asks for an effect then, and AssertionError if it goes on as if nothing happened.
        """
        asked, error = self.effect, Abandoned() if error is None else error
        try:
            self.throw(error)
        except type(error):
            return
        if self._effect is not None:
            raise AskedOnTheWayOut(asked, self._effect)
        raise AssertionError(f"called off at {asked}, the flow returned {self.returned!r}")

    def _go(self, step: Callable[[], Effect[Any]]) -> None:
        self._effect = None
        try:
            self._effect = step()
        except StopIteration as stop:
            self._returned = (stop.value,)
