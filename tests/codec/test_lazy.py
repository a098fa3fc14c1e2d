"""Attributes that are made when they are first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from restkit.lazy import Lazy

SECONDS = 10.0
"""How long a thread that hangs is waited for."""


class Made:
    """What has an attribute that is made by a function."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self.times = make, 0

    @Lazy
    def value(self) -> Any:
        """What was made."""
        self.times += 1
        return self._make()


def elsewhere(made: Made) -> list[Any]:
    """What another thread is given; nothing if it is kept waiting."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(made.value), daemon=True)
    thread.start()
    thread.join(SECONDS)
    return found


def test_it_is_made_once() -> None:
    """And is the same from then on."""
    made = Made(object)

    assert made.value is made.value
    assert 1 == made.times


def test_a_thread_that_makes_one_holds_no_lock() -> None:
    """A child that is forked at that moment would wait for a thread that it does not have."""
    made = Made(lambda: elsewhere(Made(lambda: "of another thread")))

    assert ["of another thread"] == made.value


def test_of_two_threads_that_make_one_both_get_the_first() -> None:
    """Whatever is remembered in it is remembered once."""
    others: list[Any] = []

    def make() -> str:
        """Be overtaken by another thread."""
        if made.times > 1:
            return "the first"
        others.extend(elsewhere(made))
        return "the second"

    made = Made(make)

    assert ("the first", ["the first"], 2) == (made.value, others, made.times)


def test_its_class_shows_what_it_is_for() -> None:
    """Documentation is made of it."""
    assert "What was made." == Made.value.__doc__
