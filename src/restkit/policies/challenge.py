"""Challenges: what a server wants to see before it lets anybody in (RFC 9110, section 11.6.1).

They come from outside, so that little of them is read: 8 KiB of an answer, and 16 challenges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import Factory, frozen

MOST, MOST_READ = 16, 8192
"""Challenges of one answer, and the characters in which they are looked for."""

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_GAP = re.compile(r"[ \t,]*+")
_PARAMETER = re.compile(rf'({_WORD})[ \t]*+=[ \t]*+(?:({_WORD})|"((?:[^"\\]|\\.)*+)")(?=[ \t,]|$)', re.DOTALL)
_SCHEME = re.compile(rf"({_WORD})(?=[ \t,]|$)(?:[ \t]++([A-Za-z0-9\-._~+/]++=*+)(?=[ \t]*+(?:,|$)))?+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@frozen
class Challenge:
    """One challenge: its scheme and the names of its parameters in lower case, since their case means nothing."""

    scheme: str
    parameters: Mapping[str, str] = Factory(dict[str, str])
    token: str | None = None
    """What stands there instead of parameters, such as `TlRMTVNTUAAB`."""


def challenges(lines: Iterable[str]) -> list[Challenge]:
    """The challenges of an answer's WWW-Authenticate lines, in their order.

    A line counts up to what cannot be understood in it; a challenge that was cut, or has a parameter twice, is none.
    """
    found: list[Challenge] = []
    left = MOST_READ
    for line in lines:
        found += [each for each in read_line(line, left) if each is not None]
        left -= len(line)
        if left <= 0:
            break
    return found[:MOST]


def read_line(line: str, most: int) -> Iterator[Challenge | None]:
    """The challenges in so many characters of a line; None for each that is none."""
    text = line[:most]
    position, building = 0, Building()
    while (position := skipped(text, position)) < len(text):
        if parameter := _PARAMETER.match(text, position):
            building.add(parameter)
            position = parameter.end()
        elif scheme := _SCHEME.match(text, position):
            yield building.made()
            building = Building(scheme)
            position = scheme.end()
        else:
            return
    if len(line) <= most:
        yield building.made()


def skipped(text: str, position: int) -> int:
    """Where the next part of a list begins."""
    gap = _GAP.match(text, position)
    return position if gap is None else gap.end()


class Building:
    """A challenge that is being read; at first one without a scheme, which is none."""

    def __init__(self, scheme: re.Match[str] | None = None) -> None:
        self._scheme = scheme
        self._parameters: dict[str, str] = {}
        self._is_ambiguous = False

    def add(self, parameter: re.Match[str]) -> None:
        """Take another parameter in."""
        name, plain, quoted = parameter.groups()
        self._is_ambiguous |= name.lower() in self._parameters
        self._parameters[name.lower()] = _ESCAPED.sub(r"\1", quoted) if plain is None else plain

    def made(self) -> Challenge | None:
        """What it has become."""
        if self._scheme is None or self._is_ambiguous:
            return None
        return Challenge(self._scheme[1].lower(), self._parameters, self._scheme[2])
