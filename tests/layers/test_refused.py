"""Layers used alone: what cannot be meant is refused where they are made, as a client's settings are."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from restkit import (
    Admission,
    ConfigError,
    Cookies,
    Deadline,
    Guards,
    Hedge,
    Home,
    Hooks,
    Idempotency,
    Log,
    Observe,
    Pipeline,
    Redirects,
    Retry,
    Settings,
    Sign,
    retry,
)

Make = Callable[[Any], object]


async def awaited(_: object) -> None:
    """Needs somebody who awaits it."""


NO_FLAG: Sequence[object] = ("false", 0, 1, None)
NO_FUNCTIONS: Sequence[object] = (5, None, print, [5], "ab", {1: 2})
NO_NAMES: Sequence[object] = ("token", 5, None, [5])
NO_SECONDS: Sequence[object] = (0, -1, math.nan, math.inf, "5", True, [])
NO_CLOCK: Sequence[object] = (5, "now", time.monotonic)
WRONG: dict[str, tuple[Make, Sequence[object]]] = {
    "Redirects.limit": (Redirects, (-1, 101, 1.5, math.nan, "5", None, [])),
    "Redirects.follows": (lambda given: Redirects(follows=given), NO_FLAG),
    "Redirects.is_certified": (lambda given: Redirects(is_certified=given), NO_FLAG),
    "Redirects.redact": (lambda given: Redirects(redact=given), NO_NAMES),
    "Cookies.jar": (Cookies, (True, False, {"a": "b"}, "a=b", 5, httpx.Cookies())),
    "Idempotency.keys": (Idempotency, ("bad\r\nname", "no good", "Ünï", "", "Host", 5, None)),
    "Hooks.before": (Hooks, NO_FUNCTIONS),
    "Hooks.after": (lambda given: Hooks(after=given), NO_FUNCTIONS),
    "Observe.observers": (Observe, (*NO_FUNCTIONS, [awaited])),
    "Observe.redact": (lambda given: Observe([], redact=given), NO_NAMES),
    "Hedge.may_hedge": (lambda given: Hedge(0.1, may_hedge=given), (*NO_FUNCTIONS, [awaited])),
    "Hedge.streams": (lambda given: Hedge(0.1, streams=given), NO_FLAG),
    "Cookies.clock": (lambda given: Cookies(clock=given), NO_CLOCK),
    "Idempotency.clock": (lambda given: Idempotency(clock=given), NO_CLOCK),
    "Hooks.clock": (lambda given: Hooks(clock=given), NO_CLOCK),
    "Observe.clock": (lambda given: Observe([], clock=given), NO_CLOCK),
    "Hedge.clock": (lambda given: Hedge(0.1, clock=given), NO_CLOCK),
    "Admission.attempt_timeout": (lambda given: Admission(attempt_timeout=given), NO_SECONDS),
    "retry.clock": (lambda given: retry(clock=given), NO_CLOCK),
    "retry.dice": (lambda given: retry(dice=given), (5, "dice")),
    "Deadline.seconds": (Deadline, NO_SECONDS),
    "Deadline.clock": (lambda given: Deadline(clock=given), NO_CLOCK),
    "Retry.clock": (lambda given: Retry(clock=given), NO_CLOCK),
    "Retry.dice": (lambda given: Retry(dice=given), (5, "dice")),
    "Retry.admits": (lambda given: Retry(admits=given), (5, "yes", awaited)),
    "Pipeline.attempt_timeout": (lambda given: Pipeline(attempt_timeout=given), NO_SECONDS),
    "Pipeline.clock": (lambda given: Pipeline(clock=given), NO_CLOCK),
    "Guards.streams": (lambda given: Guards(streams=given), NO_FLAG),
    "Home.is_idle": (lambda given: Home(is_idle=given), NO_FLAG),
    "Sign.is_idle": (lambda given: Sign(is_idle=given), NO_FLAG),
    "Log.redact": (Log, NO_NAMES),
    "Pipeline.layers": (Pipeline, (*NO_FUNCTIONS, [Redirects], Redirects())),
    "Pipeline.transport": (lambda given: Pipeline((), given), (object(), 5, "http", httpx.HTTPTransport)),
    "Settings.layers": (lambda given: Settings(layers=given), (*NO_FUNCTIONS, [Redirects])),
    "Settings.attempt_layers": (lambda given: Settings(attempt_layers=given), (*NO_FUNCTIONS, [Redirects])),
}


@pytest.mark.parametrize(
    ("name", "given"),
    [pytest.param(name, given, id=f"{name}-{given!r:.30}") for name, (_, wrong) in WRONG.items() for given in wrong],
)
def test_what_cannot_be_meant_is_refused(name: str, given: object) -> None:
    """By the name of the parameter, with a reason and a remedy."""
    make, _ = WRONG[name]

    with pytest.raises(ConfigError) as caught:
        _ = make(given)

    assert (name.partition(".")[2], True, True) == (
        caught.value.field,
        bool(caught.value.reason),
        bool(caught.value.remedy),
    )


def test_a_class_of_layers_is_named() -> None:
    """With how to make one."""
    with pytest.raises(ConfigError, match=r"^layers is the class Redirects; pass what it makes: Redirects\(\.\.\.\)$"):
        _ = Pipeline([Redirects])  # type: ignore[list-item] # that is the point


def test_true_is_as_many_hops_as_usual() -> None:
    """As the setting has it."""

    def circular(request: httpx.Request) -> httpx.Response:
        """Lead on and on."""
        seen.append(request.url.path)
        return httpx.Response(302, headers={"location": f"/{len(seen)}"})

    seen: list[str] = []
    with (
        httpx.Client(transport=Pipeline([Redirects(limit=True)], httpx.MockTransport(circular))) as client,
        pytest.raises(httpx.TooManyRedirects),
    ):
        _ = client.get("http://api.test/0")

    assert 21 == len(seen)
