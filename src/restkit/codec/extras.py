"""Where a model keeps the fields that it does not know."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from restkit.codec.anatomy import Type, fields_of, origin_of


class Kept:
    """Marks the field of a model that keeps what it does not know."""


Extras = Annotated[dict[str, Any], Kept]
"""The type of a field that keeps the unknown fields of an answer, and gives them back when the model is sent.

    @define
    class User:
        id: int
        extras: Extras = Factory(dict)
"""


def keeps(kind: Type) -> str | None:
    """The name of the field in which a model keeps what it does not know, if it does."""
    fields = fields_of(kind) or {}
    return next((name for name, declared in fields.items() if is_extras(declared)), None)


def is_extras(declared: Type) -> bool:
    """Whether this is the type of such a field."""
    return origin_of(declared) is Annotated and Kept in get_args(declared)[1:]
