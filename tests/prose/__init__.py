"""The prose runs: every code block of the README and the documentation, as a reader would take it.

Blocks of one document share a namespace, a module of its own, and run from top to bottom. A language says what
becomes of a block:

- `python` runs; `await`, `async with` and `async for` may stand at its top, as in `python -m asyncio`;
- `text output` is compared with what the python block before it printed, `...` standing for anything;
- `console` holds commands after `$`: CI performs them itself, or they run here and must succeed;
- `toml` and `json` must parse;
- `text` and `mermaid` are shown only.

What a reader need not see, such as a server on the loopback, stands in a comment: `% invisible-code-block: python`
in the documentation, `<!-- invisible-code-block: python` in the README. A name that only such a block makes has to be
told of in a sentence. A block in any other language is an error.
"""
