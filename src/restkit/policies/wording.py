"""Texts with names in braces, each of which stands for a part of a request: what is signed, and how that is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping

import httpx
from attrs import frozen

from restkit.errors import ConfigError, InputError
from restkit.policies.sent import fields, target

OF_A_HEADER = "header."
"""Stands before the name of a header; among the known names, for those of all headers."""
_NAME = re.compile(r"\{([^{}]*)\}")
_HEADER = re.compile(r"header\.[A-Za-z0-9!#$%&'*+\-.^_`|~]+")


@frozen
class Wording:
    """A text: what stands before each name, the names, and what stands after the last one."""

    literals: tuple[bytes, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, field: str, given: object, known: Container[str]) -> Wording:
        """Read a text in which `known` names may stand. Raises ConfigError."""
        if not isinstance(given, str):
            raise ConfigError(field, f"is of type {type(given).__name__}", "pass text")
        if any("\ud800" <= each <= "\udfff" for each in given):  # which UTF-8 cannot write
            raise ConfigError(field, "holds half a character", "check its source")
        pieces = _NAME.split(given)
        literals, names = pieces[::2], pieces[1::2]
        if any("{" in each or "}" in each for each in literals):
            raise ConfigError(field, "has a brace without its partner", "write parts of a request as {name}")
        wrong = next((name for name in names if not is_known(name, known)), None)
        if wrong is not None:
            raise ConfigError(field, f"has {{{wrong}}}, which has no meaning there", "write another name")
        return cls(tuple(each.encode() for each in literals), tuple(names))

    def filled(self, value: Callable[[str], bytes]) -> bytes:
        """The text with a value for each name."""
        pieces = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            pieces += [value(name), literal]
        return b"".join(pieces)


def is_known(name: str, known: Container[str]) -> bool:
    """Whether a name may stand there: itself, or because that of any header may."""
    if name.startswith(OF_A_HEADER):
        return OF_A_HEADER in known and _HEADER.fullmatch(name) is not None
    return name in known


def part(request: httpx.Request, name: str) -> bytes:
    """A part of a request, as it is sent. Raises InputError for a header it does not have."""
    if name in PARTS:
        return PARTS[name](request)
    header = name.removeprefix(OF_A_HEADER)
    values = [value for name, value in fields(request) if name == header.lower()]
    if not values:
        raise InputError(header, "is to be signed, and the request has none", "send it, or do not name it")
    return ", ".join(values).encode("latin-1")


def query(request: httpx.Request) -> str:
    """What stands behind the question mark."""
    return target(request).partition("?")[2]


PARTS: Mapping[str, Callable[[httpx.Request], bytes]] = {
    "method": lambda request: request.method.encode("ascii"),
    "scheme": lambda request: request.url.scheme.encode("ascii"),
    "host": lambda request: part(request, "header.host"),
    "target": lambda request: target(request).encode(),
    "path": lambda request: target(request).partition("?")[0].encode(),
    "query": lambda request: query(request).encode(),
    "sorted_query": lambda request: "&".join(sorted(query(request).split("&"))).encode(),
    "body": lambda request: request.content,
}
"""The parts of a request by their names."""
