"""Call: an entry of the demo's script, a call of the SDK and what must come of it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from textwrap import dedent
from typing import Any

from attrs import frozen

from restkit.demo.sdk import Library

Does = Callable[[Library], object]
"""Written as for a blocking client; from an awaiting one it gives what is to be awaited."""
Sees = Callable[[Any], object]


def itself(answer: object) -> object:
    """See the answer as it is."""
    return answer


@frozen
class Call:
    """One call, what it must answer, and what the server must have received meanwhile."""

    section: str
    code: str
    """How a user of the SDK writes it."""
    does: Does
    expected: object
    sends: tuple[str, ...]
    sees: Sees
    """What of the answer is compared with `expected`."""

    @property
    def name(self) -> str:
        """What to call it."""
        return self.does.__name__.replace("_", " ")


class Section:
    """Calls that belong together, in their order."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.calls: list[Call] = []

    def call(self, expected: object, *sends: str, sees: Sees = itself) -> Callable[[Does], Does]:
        """Make a function a call of this section. An error is expected as a `Failure`."""

        def add(does: Does) -> Does:
            self.calls.append(Call(self.title, code_of(does), does, expected, sends, sees))
            return does

        return add


def code_of(function: Callable[..., object]) -> str:
    """The expression that a function returns, as it stands in its source."""
    tree = ast.parse(dedent(inspect.getsource(function)))
    (answer,) = (node for node in ast.walk(tree) if isinstance(node, ast.Return))
    return ast.unparse(answer).removeprefix("return ")
