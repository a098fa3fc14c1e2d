"""Which names a block takes from elsewhere, so that a reader who copies the visible ones lacks nothing."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from symtable import SymbolTable, symtable

GIVEN = frozenset(dir(builtins)) | {"__name__"}
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
TOLD = re.compile(r"`(\w+)`")


def made(source: str) -> set[str]:
    """What a block imports, defines or assigns."""
    symbols = symtable(source, "block", "exec").get_symbols()
    return {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}


def used(source: str) -> set[str]:
    """What it reads of its module, in its functions and classes as well."""
    return {name for table in tables(symtable(source, "block", "exec")) for name in read_of_module(table)}


def tables(table: SymbolTable) -> Iterator[SymbolTable]:
    """A scope, and all within it."""
    yield table
    for each in table.get_children():
        yield from tables(each)


def read_of_module(table: SymbolTable) -> Iterator[str]:
    """The names of the module that a scope reads."""
    for each in table.get_symbols():
        if each.is_referenced() and (each.is_global() or table.get_type() == "module"):
            yield each.get_name()


def told(text: str) -> set[str]:
    """What a page says of in words, such as `url`."""
    prose = "\n".join(line for line in FENCE.sub("", text).splitlines() if not line.startswith("%"))
    return set(TOLD.findall(prose))
