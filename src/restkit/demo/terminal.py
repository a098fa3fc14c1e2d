"""Terminal: the demo as a table that grows, by rich."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.highlighter import ReprHighlighter
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from restkit.demo.result import Result
from restkit.demo.screen import summary

WIDE = 140
"""Columns from which there is room for the requests too."""


class Terminal:
    """A table for each world, with a row for each call."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._wide = self._console.width >= WIDE
        self._highlight = ReprHighlighter()
        self._section = ""
        self._table = Table()

    @contextmanager
    def world(self, name: str) -> Generator[None]:
        """A table under the world's name."""
        self._section, self._table = "", self._new_table(name)
        if self._console.is_terminal:
            with Live(self._table, console=self._console):
                yield
        else:
            yield
            self._console.print(self._table)

    def show(self, result: Result) -> None:
        """A row, and one for whatever is wrong."""
        if result.call.section != self._section:
            self._section = result.call.section
            self._add("", Text(self._section, "italic dim"))
        mark = Text("✓", "green") if result.ok else Text("✗", "bold red")
        self._add(mark, self._code(result), self._outcome(result), f"{result.milliseconds:.1f}", result.received)
        if result.story:
            self._add("", Text(" → ".join(result.story).replace("waited ", ""), "dim"))
        for wrong in result.wrongs:
            self._add("", Text(result.call.name, "red"), Text(wrong, "red", overflow="fold", no_wrap=False))

    def end(self, results: Sequence[Result]) -> None:
        """The verdict."""
        style = "green" if all(result.ok for result in results) else "bold red"
        self._console.print(Panel(Text(summary(results), style), border_style=style, expand=False))

    def _new_table(self, name: str) -> Table:
        table = Table(title=f"restkit, {name}", title_style="bold", title_justify="left", box=box.SIMPLE_HEAD)
        table.expand, table.pad_edge = True, False
        table.add_column("", width=1)
        table.add_column("call", ratio=6, no_wrap=True, overflow="ellipsis")
        table.add_column("outcome", ratio=5, no_wrap=True, overflow="ellipsis")
        table.add_column("ms", width=6, justify="right", style="dim")
        if self._wide:
            table.add_column("received by the server", ratio=3, no_wrap=True, overflow="ellipsis", style="dim")
        return table

    def _add(  # the columns
        self, mark: str | Text, call: Text, outcome: str | Text = "", took: str = "", received: Sequence[str] = ()
    ) -> None:
        requests = [Text(", ".join(received))] if self._wide else []
        self._table.add_row(mark, call, outcome, took, *requests)

    def _code(self, result: Result) -> Text:
        return Text.assemble((result.how, "magenta"), " " if result.how else "", (result.call.code, "cyan"))

    def _outcome(self, result: Result) -> Text:
        return self._highlight(Text(repr(result.outcome)))
