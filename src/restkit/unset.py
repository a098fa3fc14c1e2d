"""What stands where nothing was given, since None means something: JSON's null."""

from __future__ import annotations

from enum import Enum
from typing import Literal


class Unset(Enum):
    """The type of `UNSET`: `name: str | None | Unset = UNSET` in a model is a field that may be left out."""

    UNSET = "unset"


UNSET: Literal[Unset.UNSET] = Unset.UNSET
"""What was left out: of a body, a query or a form it is not sent, where None is sent as null or not at all."""
