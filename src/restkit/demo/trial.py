"""Trial: calls made in one world, each watched from both ends of the wire."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import httpx

from restkit import AttemptEnded, AttemptStarted, CallEnded, CallStarted, ExponentialWait, RetryPolicy
from restkit.auth import ClientCredentials
from restkit.demo.api import TOKENS, Api
from restkit.demo.call import Call
from restkit.demo.door import CLIENT, SECRET
from restkit.demo.failure import Failure
from restkit.demo.result import Result
from restkit.demo.story import Story
from restkit.settings import Keywords

DESK = "main hall"
"""Where the demo borrows its books."""


class Performed:
    """A call under way: the world puts the answer here."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.answer: Any = None


class Trial:
    """One world's calls against one API; `report` is told of each result."""

    world: str

    def __init__(self, world: str, api: Api, report: Callable[[Result], object]) -> None:
        self.world, self._api, self._report = world, api, report
        self._observed: list[str] = []
        self._story = Story()
        self._seen = 0

    @property
    def settings(self) -> Keywords:
        """What the client is made with: the address, who calls, two hooks, an observer, and little patience."""
        return {
            "base_url": self._api.url,
            "auth": self._auth,
            "before": [at_the_desk],
            "after": [with_its_id],
            "observers": [self._observe],
            "retry": RetryPolicy(wait=ExponentialWait(0.1)),
        }

    @property
    def _auth(self) -> httpx.Auth | None:
        """Tokens, if the API wants any."""
        return None if self._api.door is None else ClientCredentials(f"{self._api.url}{TOKENS}", CLIENT, SECRET)

    @contextmanager
    def of(self, call: Call, how: str = "") -> Generator[Performed]:
        """Make a call in the body: its answer, or whatever it raises, becomes the outcome of a result.

        `how` is what stands before a call in this world.
        """
        performed = Performed(how)
        self._observed.clear()
        self._story = Story()
        began = time.perf_counter()
        try:
            yield performed
            outcome = call.sees(performed.answer)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is this call's outcome
            outcome = Failure.of(error)
        seconds = time.perf_counter() - began
        received = self._api.received_since(self._seen, len(call.sends))
        self._seen += len(received)
        _ = self._report(
            Result(
                world=self.world,
                call=call,
                how=performed.how,
                outcome=outcome,
                received=received,
                observed=tuple(self._observed),
                milliseconds=seconds * 1000,
                story=self._story.told(),
            )
        )

    def _observe(self, event: CallStarted | CallEnded | AttemptStarted | AttemptEnded) -> None:
        """Note each request as it is over: an observer."""
        self._story.note(event)
        if isinstance(event, AttemptEnded):
            target = httpx.URL(event.url).raw_path.decode("ascii")
            self._observed.append(f"{event.method} {target}")


def at_the_desk(request: httpx.Request) -> None:
    """Say where we are, unless the call does: a hook before each call."""
    _ = request.headers.setdefault("X-Desk", DESK)


def with_its_id(response: httpx.Response) -> None:
    """Insist on a request id: a hook after each call."""
    if "X-Request-Id" not in response.headers:
        raise ValueError("the answer has no request id")
