"""Flows stepped by hand."""

from __future__ import annotations

import pytest

from restkit.flow import Flow, Sleep
from restkit.testing import AskedOnTheWayOut, Stepper


def twice() -> Flow[str]:
    """Sleep twice, the second time longer if the first fails."""
    try:
        yield from Sleep(1.0)
    except LookupError:
        yield from Sleep(9.0)
    else:
        yield from Sleep(2.0)
    return "rested"


def test_each_effect_is_answered() -> None:
    """A flow is taken from effect to effect, and returns at the end."""
    steps = Stepper(twice())
    assert (Sleep(1.0), False) == (steps.effect, steps.is_over)
    steps.answer()
    assert Sleep(2.0) == steps.effect
    steps.answer()

    assert ("rested", True) == (steps.returned, steps.is_over)


def test_an_effect_may_fail() -> None:
    """An error is thrown where the flow asks."""
    steps = Stepper(twice())
    steps.throw(LookupError())

    assert Sleep(9.0) == steps.effect


def test_what_a_flow_raises_comes_out() -> None:
    """An error that the flow does not catch comes out of the step, after which it has returned nothing."""
    steps = Stepper(twice())
    with pytest.raises(ValueError, match="unknown"):
        steps.throw(ValueError("unknown"))

    assert steps.is_over
    with pytest.raises(AssertionError, match="has raised"):
        _ = steps.returned


def test_asking_too_early_or_too_late() -> None:
    """A flow under way has returned nothing, and one that is over asks for nothing."""
    steps = Stepper(twice())
    with pytest.raises(AssertionError, match=r"asks for Sleep\(1.0\)"):
        _ = steps.returned
    steps.answer()
    steps.answer()
    for act in (steps.answer, steps.cancel):
        with pytest.raises(AssertionError, match="is over"):
            act()


@pytest.mark.parametrize("error", [None, KeyboardInterrupt()])
def test_called_off(error: BaseException | None) -> None:
    """A well-behaved flow ends when it is called off."""
    steps = Stepper(twice())
    steps.cancel(error)

    assert steps.is_over


def test_asking_on_the_way_out() -> None:
    """A flow that asks for something when it is called off is told off, with both effects."""

    def asks() -> Flow[None]:
        try:
            yield from Sleep(1.0)
        finally:
            yield from Sleep(2.0)

    with pytest.raises(AskedOnTheWayOut, match=r"Sleep\(1.0\), the flow asked for Sleep\(2.0\)") as caught:
        Stepper(asks()).cancel()

    assert (Sleep(1.0), Sleep(2.0)) == (caught.value.called_off_at, caught.value.asked)


def test_going_on_as_if_nothing_happened() -> None:
    """A flow that swallows being called off is told off too."""

    def swallows() -> Flow[str]:
        try:
            yield from Sleep(1.0)
        except BaseException:  # noqa: BLE001
            return "nothing happened"
        return "rested"

    with pytest.raises(AssertionError, match="nothing happened"):
        Stepper(swallows()).cancel()
