"""Long hostile text: each parser is done with 256 KiB of it, which none of more than linear time would be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from restkit import ConfigError, InputError, QueryStyle
from restkit.method import method_name
from restkit.url import base_url, encode_query, expand, join, normal_host, parse, segment

SIZE = 2**18
PIECES = [
    "a",
    "/",
    "/.",
    "%2e",
    "%2",
    "{",
    "{a",
    "{a}",
    "://",
    ":",
    "[",
    "]",
    "@",
    "\\",
    "0x",
    "1.",
    "é",
    "\ud800",
    ";",
]
HOSTILE = [*PIECES, "a/", "/..;", "?", "?/", "#", "[a]", "::", ".", "xn--", "\u0430a", " ", "\t", "&", "A-"]


def joined(text: str) -> str:
    """The text as a path."""
    return join(None, "https://api.test", text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "a base": base_url,
    "a base's host": lambda text: base_url(f"https://{text}"),
    "a base's path": lambda text: base_url(f"https://api.test/{text}"),
    "a host": normal_host,
    "a path": joined,
    "an absolute path": lambda text: joined(f"https://{text}"),
    "a URL": parse,
    "a template": lambda text: expand(text, {}),
    "a value": lambda text: segment("a", text),
    "a parameter": lambda text: encode_query({"a": text}),
    "a parameter's name": lambda text: encode_query({text: {text: 1}}, QueryStyle(objects="dots")),
    "a method": method_name,
}


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_long_text_is_read_or_refused(parser: Callable[[str], Any]) -> None:
    """Of each hostile text; only our own errors come of it."""
    refused = 0
    for piece in HOSTILE:
        for text in (piece * (SIZE // len(piece)), piece * (SIZE // len(piece)) + "!", f"a{piece * SIZE}"[:SIZE]):
            try:
                _ = parser(text)
            except (ConfigError, InputError):
                refused += 1

    assert refused > 0
