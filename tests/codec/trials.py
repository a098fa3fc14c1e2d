"""What the tests of the codec ask of it: a body read, a body refused, a value written, a value refused."""

from __future__ import annotations

from typing import Any

import pytest

from restkit import JSON, DecodeError, InputError, ModelCodec


class Thorough(JSON):
    """JSON that is read by cattrs alone."""

    def direct(self, declared: Any, path: Any) -> None:
        """None."""


def read(declared: Any, body: str, codec: ModelCodec | None = None, path: tuple[str, ...] = ()) -> Any:
    """What a body becomes."""
    return (codec or JSON()).decoder(declared, path)(body.encode())


def misfit(declared: Any, body: str, codec: ModelCodec | None = None, path: tuple[str, ...] = ()) -> DecodeError:
    """The error for a body that is something else."""
    with pytest.raises(DecodeError) as caught:
        read(declared, body, codec, path)
    return caught.value


def places(declared: Any, body: str, codec: ModelCodec | None = None, path: tuple[str, ...] = ()) -> list[str]:
    """The places that such an error names, with what should stand there."""
    told = str(misfit(declared, body, codec, path)).partition("declared: ")[2]
    return told.split("; ")


def written(value: object, codec: ModelCodec | None = None) -> str:
    """A value as a body."""
    return (codec or JSON()).encode(value).decode()


def refused(value: object, codec: ModelCodec | None = None) -> tuple[str, str]:
    """Where in a value lies what cannot be written, and why."""
    with pytest.raises(InputError) as caught:
        (codec or JSON()).encode(value)
    return caught.value.field, caught.value.reason
