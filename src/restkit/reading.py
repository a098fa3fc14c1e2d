"""How an answer becomes what was declared: found out once for each type."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any, get_args, get_origin

import httpx

from restkit.charset import is_text, text_of
from restkit.codec import Codec, Within
from restkit.shape import PLAIN, Shape

Reader = Callable[[httpx.Response], Any]


class Readers:
    """The readers of a client, by declared type and shape."""

    __slots__ = ("_codec", "_known", "_shaped")

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._known: dict[Any, Reader] = {}
        self._shaped: dict[Shape, Readers] = {}

    def reader(self, declared: Any, shape: Shape = PLAIN) -> Reader:  # noqa: ANN401 - a type, of any form, or a function
        """A function from the answer to the declared type. It raises DecodeError."""
        if shape is not PLAIN:
            return self._of(shape).reader(declared)
        try:
            found = self._known.get(declared)
            if found is None:
                found = self._make(declared)
                if found is not declared:  # a function is its own reader, and may be made anew for each call
                    self._known[declared] = found
        except TypeError:  # a type that cannot be hashed, such as Annotated[int, []]
            return self._make(declared)
        return found

    def _of(self, shape: Shape) -> Readers:
        """The readers of what comes in another shape."""
        if shape not in self._shaped:
            codec = shape.codec or self._codec
            self._shaped[shape] = Readers(Within(codec, shape.data_path) if shape.data_path else codec)
        return self._shaped[shape]

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
        return decoding(declared, self._codec.decoder(declared))


def decoding(declared: Any, decode: Callable[[bytes], Any]) -> Reader:  # noqa: ANN401 - likewise
    """Read a body as the codec does: none at all as None, and text as text, where the type allows that."""
    is_union = get_origin(declared) in {typing.Union, types.UnionType}
    kinds = get_args(declared) if is_union else (declared,)
    reader = text_or(decode) if str in kinds else content_by(decode)
    if types.NoneType in kinds:
        return lambda response: reader(response) if response.content else None
    return reader


def content_by(decode: Callable[[bytes], Any]) -> Reader:
    """Decode the body."""
    return lambda response: decode(response.content)


def text_or(decode: Callable[[bytes], Any]) -> Reader:
    """Read text as it is, in its charset, and decode anything else."""
    return lambda response: text_of(response) if is_plain_text(response) else decode(response.content)


def nothing(response: httpx.Response) -> None:
    """Read no value, whatever came."""


def itself(response: httpx.Response) -> httpx.Response:
    """The answer as it is."""
    return response


def raw_bytes(response: httpx.Response) -> bytes:
    """The body's bytes."""
    return response.content


def is_plain_text(response: httpx.Response) -> bool:
    """Whether the answer is text rather than JSON, by its Content-Type."""
    return is_text(response.headers.get("content-type", ""))


KINDS: dict[type, Reader] = {httpx.Response: itself, bytes: raw_bytes}


def is_function(declared: Any) -> bool:  # noqa: ANN401 - a type, of any form, or a function
    """Whether `returns` is a function of the answer rather than a type."""
    is_type = isinstance(declared, type | typing.NewType) or get_origin(declared) is not None
    return callable(declared) and not is_type
