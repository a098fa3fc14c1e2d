"""Attributes that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, overload

from typing_extensions import TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """An attribute that a method makes once: `@Lazy` above it.

    There is no lock, as `functools.cached_property` has one in Python 3.11, for all objects of a class: a process that
    forks while another thread holds it would have a child that waits for ever. So two threads may each make a value;
    both get the one that was there first.
    """

    def __init__(self, make: Callable[[Any], T], /) -> None:
        self._make, self._name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Any], /) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type[Any] | None = None, /) -> T: ...
    def __get__(self, owner: object, kind: type[Any] | None = None, /) -> Any:
        if owner is None:
            return self
        return owner.__dict__.setdefault(self._name, self._make(owner))  # Python looks there first from now on
