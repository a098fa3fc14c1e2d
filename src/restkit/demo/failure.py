"""Failure: an error as a value, so that a call can be expected to end in one."""

from __future__ import annotations

from typing import Self

from attrs import field, frozen
from typing_extensions import override

from restkit import StatusError


@frozen(repr=False)
class Failure:
    """The kind of an error, its status and what its problem details say, as far as it has them."""

    kind: str
    status: int | None = None
    detail: str | None = None
    message: str = field(default="", eq=False)
    """The error's own words, which may name a port."""

    @classmethod
    def of(cls, error: Exception) -> Self:
        """The value of an error."""
        kind, message = type(error).__name__, str(error)
        if not isinstance(error, StatusError):
            return cls(kind, message=message)
        detail = error.problem.detail if error.problem else None
        return cls(kind, error.status, detail, message)

    @override
    def __repr__(self) -> str:
        status = f" {self.status}" if self.status else ""
        return f"{self.kind}{status}{f': {self.detail}' if self.detail else ''}"
