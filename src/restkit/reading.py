"""How an answer becomes what was declared: found out once for each type."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any, get_args, get_origin

import httpx

from restkit.codec import Codec

Reader = Callable[[httpx.Response], Any]


class Readers:
    """The readers of one codec, by declared type."""

    __slots__ = ("_codec", "_known")

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._known: dict[Any, Reader] = {}

    def reader(self, declared: Any) -> Reader:  # noqa: ANN401 - a type, of any form, or a function
        """A function from the answer to the declared type. It raises DecodeError."""
        try:
            found = self._known.get(declared)
            if found is None:
                found = self._make(declared)
                if found is not declared:  # a function is its own reader, and may be made anew for each call
                    self._known[declared] = found
        except TypeError:  # a type that cannot be hashed, such as Annotated[int, []]
            return self._make(declared)
        return found

    def _make(self, declared: Any) -> Reader:  # noqa: ANN401 - likewise
        if not isinstance(declared, type) and get_origin(declared) is None and hasattr(declared, "reader"):
            reader: Reader = declared.reader(self._codec)
            return reader
        if declared is None or declared is types.NoneType:
            return nothing
        if isinstance(declared, type) and declared in KINDS:
            return KINDS[declared]
        if is_function(declared):
            function: Reader = declared
            return function
        decode = self._codec.decoder(declared)
        if types.NoneType in get_args(declared):
            return lambda response: decode(response.content) if response.content else None
        return lambda response: decode(response.content)


def nothing(response: httpx.Response) -> None:
    """Read no value, whatever came."""


def itself(response: httpx.Response) -> httpx.Response:
    """The answer as it is."""
    return response


def raw_bytes(response: httpx.Response) -> bytes:
    """The body's bytes."""
    return response.content


KINDS: dict[type, Reader] = {httpx.Response: itself, bytes: raw_bytes}


def is_function(declared: Any) -> bool:  # noqa: ANN401 - a type, of any form, or a function
    """Whether `returns` is a function of the answer rather than a type."""
    is_type = isinstance(declared, type | typing.NewType) or get_origin(declared) is not None
    return callable(declared) and not is_type
