"""A `mermaid` block is shown as its source: drawing it would need a script from elsewhere."""

from __future__ import annotations

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Give Pygments a name for it."""
    app.add_lexer("mermaid", TextLexer)
    return {"parallel_read_safe": True}
