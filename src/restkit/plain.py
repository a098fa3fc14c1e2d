"""The plain verbs of a client: any path, no resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from typing_extensions import Unpack

from restkit.context import CallOptions
from restkit.declare import operation
from restkit.errors import ConfigError, InputError
from restkit.method import method_name
from restkit.mode import M
from restkit.op import NO_OPTIONS, NOTHING, Op, payload
from restkit.resources import Resources
from restkit.response import Response
from restkit.settings import CALL_OPTIONS, check_call, refuse_unknown
from restkit.url import Query


class Sending(CallOptions, total=False):
    """What every plain verb takes."""

    params: Query
    """Query parameters."""
    headers: Mapping[str, str]
    """Further headers."""
    raise_on_error: bool
    """Whether an error status is raised, which it is unless told otherwise."""


class SendingBody(Sending, total=False):
    """What a plain verb with a body takes: one of these."""

    json: object
    """A value, sent as the client's codec writes it."""
    content: Any
    """Bytes, text, a file or an iterator of bytes, sent as they are."""
    data: Mapping[str, Any]
    """A form."""
    files: Any
    """Files of a form, as httpx takes them."""


class PlainVerbs(Resources[M]):
    """Requests to any path below the base URL, or to an absolute URL of the same origin.

    Each answers its `Response`, and raises StatusError for an error status unless `raise_on_error=False`.
    """

    @operation
    def request(self, method: str, path: str, /, **how: Unpack[SendingBody]) -> Op[Response[Any]]:
        """Send any method to a path."""
        return plain(method_name(method), path, how)

    @operation
    def get(self, path: str, /, **how: Unpack[Sending]) -> Op[Response[Any]]:
        """GET a path."""
        return plain("GET", path, how)

    @operation
    def head(self, path: str, /, **how: Unpack[Sending]) -> Op[Response[Any]]:
        """HEAD a path."""
        return plain("HEAD", path, how)

    @operation
    def options(self, path: str, /, **how: Unpack[Sending]) -> Op[Response[Any]]:
        """Send OPTIONS to a path."""
        return plain("OPTIONS", path, how)

    @operation
    def post(self, path: str, /, **how: Unpack[SendingBody]) -> Op[Response[Any]]:
        """POST to a path."""
        return plain("POST", path, how)

    @operation
    def put(self, path: str, /, **how: Unpack[SendingBody]) -> Op[Response[Any]]:
        """PUT to a path."""
        return plain("PUT", path, how)

    @operation
    def patch(self, path: str, /, **how: Unpack[SendingBody]) -> Op[Response[Any]]:
        """PATCH a path."""
        return plain("PATCH", path, how)

    @operation
    def delete(self, path: str, /, **how: Unpack[SendingBody]) -> Op[Response[Any]]:
        """DELETE a path."""
        return plain("DELETE", path, how)


_BODY = ("json", "content", "data", "files")
_TAKEN = ("params", "headers", "raise_on_error", *_BODY)


def plain(method: str, path: str, how: Sending | SendingBody) -> Op[Response[Any]]:
    """A described call whose answer is its Response. Raises InputError for an unknown or wrong argument."""
    given = cast("dict[str, Any]", how)  # looked up by name
    refuse_unknown_argument(given)
    options = {name: value for name, value in given.items() if name not in _TAKEN}
    body = {name: given[name] for name in _BODY if name in given}
    return Op(
        method=method,
        path=path,
        route=path.partition("?")[0],
        params=how.get("params"),
        headers=how.get("headers"),
        payload=payload(**body) if body else NOTHING,
        returns=Response,
        raises=how.get("raise_on_error", True),
        options=check_call(options) if options else NO_OPTIONS,
    )


def refuse_unknown_argument(given: Iterable[str]) -> None:
    """Raise InputError for an argument that no plain verb has."""
    try:
        refuse_unknown(given, (*_TAKEN, *CALL_OPTIONS))
    except ConfigError as error:
        raise InputError(error.field, "is no argument here", error.remedy) from None
