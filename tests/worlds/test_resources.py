"""Resource flows of ten lines: a loop of calls, and an iteration."""

from __future__ import annotations

from typing import Any

import pytest

from restkit import NotFound, Op
from restkit.flow import Emit, Emitting, Flow, Sleep
from restkit.testing import answer
from tests.worlds.conftest import Sdk


def wait_for(job: int) -> Flow[dict[str, Any]]:
    """Ask for a job until it is done, a second apart."""
    while True:
        found = yield from Op("GET", f"/jobs/{job}")
        if found["done"]:
            return found
        yield from Sleep(1.0)


def test_a_loop_of_calls(sdk: Sdk) -> None:
    """Several steps are written once, and take the clock's time."""
    sdk.transport.script("GET", "/jobs/7", [answer(json={"done": False}), answer(json={"done": True})])

    assert ({"done": True}, 1_001.0) == (sdk.execute(wait_for(7)), sdk.clock.now())


def test_an_error_within_the_steps(sdk: Sdk) -> None:
    """A call within a flow raises restkit's errors there."""
    sdk.transport.script("GET", "/jobs/7", answer(404))

    def looks() -> Flow[str]:
        try:
            _ = yield from wait_for(7)
        except NotFound as error:
            return error.route
        raise AssertionError

    assert "" == sdk.execute(looks())


def follow(path: str) -> Emitting[str]:
    """Emit each line of a log, page by page."""
    while path:
        page = yield from Op("GET", path)
        for line in page["lines"]:
            yield from Emit(line)
        path = page["next"]


@pytest.mark.parametrize(("at_most", "requests"), [(100, 2), (1, 1)])
def test_emit(sdk: Sdk, at_most: int, requests: int) -> None:
    """Pages are fetched as far as their lines are asked for."""
    sdk.transport.script("GET", "/log", answer(json={"lines": ["a", "b"], "next": "/more"}))
    sdk.transport.script("GET", "/more", answer(json={"lines": ["c"], "next": ""}))

    lines = sdk.items(follow("/log"), at_most)

    assert (["a", "b", "c"][:at_most], requests) == (lines, len(sdk.transport.requests))
