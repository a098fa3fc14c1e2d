"""What there is to run, counted by a parser of Markdown that knows nothing of how blocks are run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

DIRECTIVE = re.compile(r"\{(?!code|sourcecode)")


def fences(text: str) -> Iterator[str]:
    """The language of each code block, those inside a directive such as `{note}` included."""
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and DIRECTIVE.match(token.info):
            yield from fences(token.content)
        elif token.type in {"fence", "code_block"}:
            yield token.info.strip()
