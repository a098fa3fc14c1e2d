"""The parameters of a header's value: `; name=value`, bare or quoted (RFC 9110, section 5.6.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARAMETER = re.compile(
    r';[ \t]*(?P<name>[^\s;=",]*)[ \t]*(?:=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<bare>[^;,]*)))?'
)
_ESCAPED = re.compile(r"\\(.)")


def parameters(text: str) -> Iterator[tuple[str, str]]:
    """The parameters in a text, by lower-case name, in their order; in linear time."""
    for found in _PARAMETER.finditer(text):
        quoted = found["quoted"]
        value = (found["bare"] or "").strip() if quoted is None else _ESCAPED.sub(r"\1", quoted)
        yield found["name"].lower(), value


def parameter(text: str, name: str) -> str | None:
    """The first parameter of a name, or None."""
    return next((value for each, value in parameters(text) if each == name), None)
