"""A transport that answers from a script, in both worlds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import httpx
from typing_extensions import override

from restkit.testing.bodies import ScriptedBody, sent

Answer: TypeAlias = httpx.Response | BaseException | Callable[[httpx.Request], "httpx.Response | Exception"]
"""A response, an exception to raise, or a function of the request that gives either, such as an exception's class."""
Answers: TypeAlias = Answer | Sequence[Answer]
"""One answer for every time, or a sequence of answers for one time each."""
Target = tuple[str, str]
"""A method, and a path, a path with its query, or a whole URL."""


class ScriptedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from a script, and records what it was asked.

    `script` is a mapping of (method, path) to answers, or a sequence of answers for whatever comes:

        ScriptedTransport({("GET", "/users/7"): answer(json={"id": 7}), ("GET", "/jobs/1"): [answer(503), answer(200)]})

    A request that nobody scripted raises AssertionError, naming what was expected.
    """

    def __init__(self, script: Mapping[Target, Answers] | Sequence[Answer] = ()) -> None:
        self.requests: list[httpx.Request] = []
        """What was asked, in its order, each request with its body read."""
        self.responses: list[httpx.Response] = []
        """What was answered, in its order."""
        self._bodies: list[tuple[str, object]] = []
        self._always: dict[Target, Answer] = {}
        self._once: dict[Target, deque[Answer]] = {}
        self._any = deque[Answer]()
        self._asked = set[Target]()
        if isinstance(script, Mapping):
            for (method, path), answers in script.items():
                self.script(method, path, answers)
        else:
            self._any.extend(script)

    def script(self, method: str, path: str, answers: Answers) -> None:
        """Add to the script: one answer for every such request, or a sequence of answers for one request each."""
        if isinstance(answers, Sequence):
            line = self._once.setdefault((method, path), deque())
            line.extend(answers)  # pyright: ignore[reportUnknownArgumentType] # no answer is a sequence
        else:
            self._always[method, path] = answers

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        _ = request.read()
        return self._answer(request)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _ = await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self._next(request)
        if not isinstance(found, httpx.Response | BaseException):
            found = found(request)
        if isinstance(found, BaseException):
            raise found
        response = sent(found)
        self.responses.append(response)
        self._bodies.append((f"{request.method} {request.url} {response.status_code}", response.stream))
        return response

    def _next(self, request: httpx.Request) -> Answer:
        url = request.url
        for path in (str(url), url.raw_path.decode("ascii"), url.path):
            target = (request.method, path)
            if self._once.get(target):
                return self._once[target].popleft()
            if target in self._always:
                self._asked.add(target)
                return self._always[target]
        if self._any:
            return self._any.popleft()
        raise AssertionError(f"nobody scripted {request.method} {url}; {self._left()}")

    def _left(self) -> str:
        said = self._said(dict.fromkeys(self._always, "always"))
        return f"expected: {', '.join(said)}" if said else "nothing is left to be sent"

    def _said(self, counts: dict[Target, str]) -> list[str]:
        counts |= {target: f"{len(answers)} left" for target, answers in self._once.items() if answers}
        said = [f"{method} {path} ({count})" for (method, path), count in counts.items()]
        return [*said, f"{len(self._any)} for any request"] if self._any else said

    def assert_all_sent(self) -> None:
        """Raise AssertionError if the script has answers that nobody has asked for."""
        said = self._said({target: "never asked for" for target in self._always if target not in self._asked})
        if said:
            raise AssertionError(f"not sent: {', '.join(said)}")

    def assert_all_over(self) -> None:
        """Raise AssertionError if a response was neither read to its end nor closed."""
        said = [name for name, body in self._bodies if isinstance(body, ScriptedBody) and not body.is_over]
        if said:
            raise AssertionError(f"still open: {', '.join(said)}")
