"""One document and the way its blocks run."""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import doctest
import inspect
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType

from attrs import frozen
from sybil import Document, Example, Region
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer
from sybil.parsers.myst.lexers import DirectiveInPercentCommentLexer

from tests.prose.command import check, commands
from tests.prose.names import GIVEN, made, told, used

VISIBLE = FencedCodeBlockLexer(r"[^{\n]*")
INVISIBLE = (
    DirectiveInPercentCommentLexer("invisible-code-block", "python"),
    DirectiveInHTMLCommentLexer("invisible-code-block", "python"),
)
LENIENT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class BlockError(AssertionError):
    """A block that is not what its language promises."""


@frozen
class Block:
    """A piece of code in a document."""

    language: str
    source: str
    visible: bool


def blocks(document: Document) -> Iterator[Region]:
    """Every block, in Sybil's terms: visible ones as fences, invisible ones as comments."""
    for region in VISIBLE(document):
        block = Block(region.lexemes["language"].strip(), region.lexemes["source"], visible=True)
        yield Region(region.start, region.end, block)
    for region in chain.from_iterable(lexer(document) for lexer in INVISIBLE):
        block = Block("python", region.lexemes["source"], visible=False)
        yield Region(region.start, region.end, block)


class Page:
    """A document whose blocks share one module; a block fails by raising."""

    def __init__(self, path: Path) -> None:
        self.document = Document.parse(str(path), blocks)
        self.module = ModuleType("prose_" + re.sub(r"\W", "_", path.stem))
        self.printed = ""
        self.known = GIVEN | told(self.document.text)
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def run(self) -> Iterator[Example]:
        """Run the blocks from top to bottom and give each visible one that held."""
        sys.modules[self.module.__name__] = self.module
        for example in self.document.examples():
            self.hold(example)
            if example.parsed.visible:
                yield example

    def see(self, source: str) -> None:
        """Hold a visible block against what a reader knows by now."""
        own = made(source)
        if unknown := used(source) - own - self.known:
            raise BlockError(f"names that no visible block makes, and no sentence tells of: {sorted(unknown)}")
        self.known |= own

    def hold(self, example: Example) -> None:
        """Do with a block what its language asks for."""
        source = example.parsed.source
        match example.parsed.language:
            case "python":
                if example.parsed.visible:
                    self.see(source)
                self.printed = self.output_of(source, example.line)
            case "text output":
                self.compare(source)
            case "console":
                for command in commands(source):
                    check(command)
            case "toml":
                tomllib.loads(source)
            case "json":
                json.loads(source)
            case "text" | "mermaid":
                pass
            case unknown:
                raise BlockError(f"a block in {unknown or 'no language'}")

    def output_of(self, source: str, line: int) -> str:
        """Run Python where it stands, so that a traceback names the document's line; give what it printed."""
        code = compile("\n" * line + source, self.document.path, "exec", self.flags, dont_inherit=True)
        self.flags |= code.co_flags & __future__.annotations.compiler_flag
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            value = eval(code, self.module.__dict__)  # noqa: S307 - the documentation is ours
            if inspect.iscoroutine(value):
                asyncio.run(value)
        return printed.getvalue()

    def compare(self, wanted: str) -> None:
        """Hold the printed text against the documented one."""
        if not doctest.OutputChecker().check_output(wanted, self.printed, LENIENT):
            raise BlockError(f"documented:\n{wanted}\nprinted:\n{self.printed}")
