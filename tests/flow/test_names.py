"""The names of `restkit.flow`."""

from __future__ import annotations

import pytest

import restkit.flow
from restkit.flow import Clock


def test_every_public_name() -> None:
    """Each name that the package lists is there, and an unknown one is an AttributeError."""
    assert all(hasattr(restkit.flow, name) for name in restkit.flow.__all__)
    with pytest.raises(AttributeError, match="Manager"):
        _ = restkit.flow.Manager  # type: ignore[attr-defined]


def test_a_clock_that_is_not_virtual_may_be_slept_on() -> None:
    """Sleeping for no time returns at once."""
    clock = Clock()
    before = clock.now()
    clock.sleep(0.0)

    assert before <= clock.now()
