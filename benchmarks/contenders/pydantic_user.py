"""The user as a pydantic model, for the libraries that answer in pydantic models.

Peers are imported by name: they are not installed where types are checked.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, get_type_hints

from benchmarks.answer import User


def model(base: type | None = None) -> Any:  # noqa: ANN401 - a class made at run time
    """Make a pydantic model of the same twelve fields, on a base class where the library has its own."""
    fields = {name: (kind, ...) for name, kind in get_type_hints(User).items()}
    return import_module("pydantic").create_model("User", __base__=base, **fields)
