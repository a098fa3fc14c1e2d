"""Where in an answer something stands, such as a token: in its JSON, a header, a cookie, or a field of its page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast

import httpx
from attrs import frozen
from typing_extensions import override

from restkit.charset import text_of
from restkit.codec import JSON
from restkit.errors import ConfigError, DecodeError
from restkit.lazy import Lazy
from restkit.policies.cookie import Cookie, read_cookie
from restkit.policies.field_name import checked_token
from restkit.url import origin

Kind: TypeAlias = Literal["field", "header", "cookie", "page"]
WHOLE = "."
"""The path of a body that is nothing but a token."""
_LOOKED_AT = 262_144
"""Bytes of a page in which a field is looked for."""
_TAG = re.compile(r"<(?:input|meta)\s([^<>]{1,2048})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z\-]{1,32})\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@frozen
class Spot:
    """One place in an answer: the path of a field, as `data.token`, or the name of a header, cookie or page's field."""

    kind: Kind
    name: str

    @override
    def __str__(self) -> str:
        return self.name if self.kind == "field" else f"{self.kind} {self.name}"


def checked_spot(name: str, given: object) -> Spot:
    """A place, as it is written. Raises ConfigError."""
    if not isinstance(given, str) or not given.isprintable():
        raise ConfigError(name, "is no place in an answer", "write data.token, header:X-Token, cookie:sid or page:csrf")
    kind, mark, rest = given.partition(":")
    if not mark or kind not in _FINDS:
        kind, rest = "field", given
    if kind in {"header", "cookie"}:
        rest = checked_token(name, rest)
    if not rest or (rest != WHOLE and "" in rest.split(".")):
        raise ConfigError(name, "has an empty part", "write a path like data.token")
    return Spot(cast("Kind", kind), rest)  # one of its names, as checked


def checked_spot_or_none(name: str, given: object) -> Spot | None:
    """A place, or None for what an answer does not have. Raises ConfigError."""
    return None if given is None else checked_spot(name, given)


class Answer:
    """An answer in which something is looked for, had at this moment of the wall clock."""

    response: httpx.Response
    wall: float

    def __init__(self, response: httpx.Response, wall: float) -> None:
        self.response, self.wall = response, wall

    def at(self, spot: Spot | None) -> object:
        """What stands there; None if there is nothing."""
        return None if spot is None else _FINDS[spot.kind](self, spot.name)

    @Lazy
    def content(self) -> object:
        """Its JSON; text for a body of another kind."""
        try:
            found: object = JSON().decoder(Any)(self.response.content)
        except DecodeError:
            return text_of(self.response).strip()
        return found

    @Lazy
    def cookies(self) -> Mapping[str, Cookie]:
        """The cookies that it sets."""
        url, lines = self.response.request.url, self.response.headers.get_list("set-cookie")
        read = [read_cookie(line, origin(url), url.path, self.wall) for line in lines]
        return {each.name: each for each in read if each is not None}

    def field(self, path: str) -> object:
        """What is at the end of a path of names and, within lists, numbers."""
        found = self.content
        for part in [] if path == WHOLE else path.split("."):
            found = member(found, part)
        return found

    def header(self, name: str) -> str | None:
        """A header's value, without the word before it, as in `Bearer <token>`."""
        value: str | None = self.response.headers.get(name)
        return None if value is None else value.rpartition(" ")[2]

    def cookie(self, name: str) -> str | None:
        """A cookie's value."""
        found = self.cookies.get(name)
        return None if found is None else found.value

    def page(self, name: str) -> str | None:
        """The value of a form's field, or of a page's property, of this name."""
        text = self.response.content[:_LOOKED_AT].decode("utf-8", "replace")
        for tag in _TAG.finditer(text):
            said = attributes(tag[1])
            if said.get("name") == name:
                return said.get("value", said.get("content"))
        return None


def attributes(tag: str) -> dict[str, str]:
    """What an element of a page says."""
    said = ((found[1], found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(tag))
    return {name.lower(): html.unescape(value) for name, value in said}


def member(value: object, part: str) -> object:
    """A field of an object, or an item of a list; None if it is not there."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value).get(part)  # JSON's names are text
    if isinstance(value, list) and part.isascii() and part.isdigit():
        return dict(enumerate(cast("list[object]", value))).get(int(part[:9]))
    return None


_FINDS: Mapping[str, Callable[[Answer, str], object]] = {
    "field": Answer.field,
    "header": Answer.header,
    "cookie": Answer.cookie,
    "page": Answer.page,
}
