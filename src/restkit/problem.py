"""Problem details: the standard error body of HTTP APIs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import field, frozen

MEDIA_TYPE = "application/problem+json"
LARGEST = 65_536
"""Bytes: a larger problem is not parsed."""
LONGEST = 2_048
"""Characters that are kept of a title or a detail."""
_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})


@frozen
class Problem:
    """What an API says went wrong (RFC 9457, section 3.1). A member of the wrong type counts as absent."""

    type: str = "about:blank"
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    extensions: Mapping[str, Any] = field(factory=dict[str, Any])
    """Every other member (section 3.2)."""

    @classmethod
    def of(cls, content: object) -> Problem | None:
        """The problem in a decoded JSON body, or None if it is not an object."""
        if not isinstance(content, dict):
            return None
        members = cast("dict[str, object]", content)  # JSON's names are text
        status = members.get("status")
        return cls(
            type=_text(members.get("type")) or "about:blank",
            title=_text(members.get("title")),
            status=status if isinstance(status, int) and not isinstance(status, bool) else None,
            detail=_text(members.get("detail")),
            instance=_text(members.get("instance")),
            extensions={name: value for name, value in members.items() if name not in _MEMBERS},
        )


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None
