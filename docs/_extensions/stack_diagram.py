"""The directive `stack-diagram`: the way of a call, drawn from `restkit.stack.STACK`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Protocol

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

WIDTH = 60


class Place(Protocol):
    """What is drawn of a place in the stack."""

    name: str
    reason: str


def drawing(stack: Sequence[Place]) -> Iterator[str]:
    """From the call at the top to the transport at the bottom, each place with the reason it stands there."""
    margin = max(len(place.name) for place in stack) + 2
    yield "call"
    for place in stack:
        first, *others = wrap(place.reason, WIDTH) or [""]
        yield f" │  {place.name:<{margin}}{first}".rstrip()
        yield from (f" │  {'':<{margin}}{line}" for line in others)
    yield " ▼"
    yield "transport"


class StackDiagram(SphinxDirective):
    """Draw the stack as it is in the code: the page cannot fall behind."""

    def run(self) -> list[nodes.Node]:
        """One literal block."""
        stack: Sequence[Place] = importlib.import_module("restkit.stack").STACK
        text = "\n".join(drawing(stack))
        return [nodes.literal_block(text, text, language="none")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("stack-diagram", StackDiagram)
    return {"parallel_read_safe": True}
