"""Where in a request a credential stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import httpx
from attrs import evolve, field, frozen

from restkit.credentials import secret
from restkit.errors import ConfigError
from restkit.policies.field_name import checked_header_name, checked_token
from restkit.policies.sent import set_parameter
from restkit.redaction import declare

Kind: TypeAlias = Literal["header", "query", "cookie", "field"]


@frozen
class Place:
    """A header, a query parameter, a cookie or a field of the body, and what stands before the credential in it."""

    kind: Kind
    name: str
    before: str = field(default="", repr=False)

    def can_hold(self, credential: str) -> bool:
        """Whether a credential ends where it does, there, too: a cookie ends at a semicolon, and another begins."""
        return self.kind != "cookie" or ";" not in credential

    def checked(self, name: str, given: object) -> str:
        """A credential for this place. Raises ConfigError, without showing it."""
        made = secret.checked(name, given)
        if not self.can_hold(made):
            raise ConfigError(name, "holds a semicolon, at which a cookie ends", "check its source")
        return made

    def put(self, request: httpx.Request, credential: str) -> None:
        """Write a credential there, in the place of what was there before."""
        _PUT[self.kind](request, self.name, self.before + credential)


def place(header: str | None, query: str | None, cookie: str | None) -> Place:
    """The one place that was named, in which there is a secret from now on. Raises ConfigError for none and for two."""
    named = [
        (kind, name) for kind, name in (("header", header), ("query", query), ("cookie", cookie)) if name is not None
    ]
    if len(named) != 1:
        raise ConfigError("header, query, cookie", "must be one, and one only", "name where the credential stands")
    return checked_place(*named[0])


def placed(header: str | None, query: str | None, cookie: str | None, prefix: str) -> Place:
    """The place that was named, with a word before the credential if there is one. Raises ConfigError."""
    made = place(header, query, cookie)
    if not prefix:
        return made
    if made.kind != "header":
        raise ConfigError("prefix", f"is set, for a {made.kind}", "use it with a header")
    return evolve(made, before=f"{checked_token('prefix', prefix)} ")


def checked_place(kind: str, name: object) -> Place:
    """A place in which there is a secret from now on. Raises ConfigError."""
    made = plain_place(kind, name)
    declare(made.name)
    return made


def plain_place(kind: str, name: object) -> Place:
    """A place that anybody may see. Raises ConfigError."""
    if kind == "header":
        return Place("header", checked_header_name("header", name))
    if kind == "cookie":
        return Place("cookie", checked_token("cookie", name))
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ConfigError(kind, "is no name of a parameter", "pass text")
    return Place("query" if kind == "query" else "field", name)


def put_header(request: httpx.Request, name: str, value: str) -> None:
    """Set a header."""
    request.headers[name] = value


def put_query(request: httpx.Request, name: str, value: str) -> None:
    """Set a parameter of the query, and leave the others as they were written."""
    set_parameter(request, name, value)


def put_cookie(request: httpx.Request, name: str, value: str) -> None:
    """Set a cookie, and leave the others."""
    pairs = [pair.strip() for line in request.headers.get_list("cookie") for pair in line.split(";")]
    others = [pair for pair in pairs if pair and pair.partition("=")[0] != name]
    request.headers["Cookie"] = "; ".join([*others, f"{name}={value}"])


def put_field(request: httpx.Request, name: str, value: str) -> None:
    """Add a field to a body of JSON or of a form, which has been read."""
    from restkit.credentials import body_field

    body_field.put_field(request, name, value)


_PUT: dict[Kind, Callable[[httpx.Request, str, str], None]] = {
    "header": put_header,
    "query": put_query,
    "cookie": put_cookie,
    "field": put_field,
}
