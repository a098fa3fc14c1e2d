"""The `trace` extension of a request: httpcore's events, told by their names (encode.io/httpcore/extensions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from restkit.flow.effects import Ask, Flow

T = TypeVar("T")
Trace = Callable[[str, dict[str, Any]], Any]
"""Told of an event and what is known of it: a plain function, or in the awaiting world one that is awaited."""


def traced(trace: Trace | None, name: str, steps: Flow[T]) -> Flow[T]:
    """The same steps, told of when they begin, and when they are complete or have failed."""
    if trace is None:
        return (yield from steps)
    yield from Ask.of(trace, f"{name}.started", {})
    try:
        answer = yield from steps
    except Exception as error:
        yield from Ask.of(trace, f"{name}.failed", {"exception": error})
        raise
    yield from Ask.of(trace, f"{name}.complete", {"return_value": answer})
    return answer
