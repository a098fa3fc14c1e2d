"""Problem details: the standard error body of HTTP APIs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, cast

from attrs import field, frozen

MEDIA_TYPE = "application/problem+json"
LARGEST = 65_536
"""Bytes: a larger problem is not parsed."""
LONGEST = 2_048
"""Characters that are kept of a member that is text."""
MOST = 64
"""Extensions that are kept."""
LONGEST_NAME = 128
"""Characters of an extension's name; one with a longer name is not kept."""
_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})


@frozen
class Problem:
    """What an API says went wrong (RFC 9457, section 3.1). A member of the wrong type counts as absent.

    Its words are the server's, as they came: whoever shows them escapes them as the place demands.
    """

    type: str = "about:blank"
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    extensions: Mapping[str, Any] = field(factory=dict[str, Any])
    """The other members (section 3.2), at most 64."""

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
            status=status if isinstance(status, int) and status in range(100, 1000) else None,
            detail=_text(members.get("detail")),
            instance=_text(members.get("instance")),
            extensions=_extensions(members),
        )

    @classmethod
    def within(cls, content: object) -> Problem | None:
        """The problem in a body of plain JSON: one that has a title, and a detail or a type, all of them text."""
        found = cls.of(content)
        is_one = found is not None and found.title and (found.detail or found.type != "about:blank")
        return found if is_one else None


def _extensions(members: Mapping[str, object]) -> dict[str, Any]:
    others = ((name, value) for name, value in members.items() if name not in _MEMBERS and len(name) <= LONGEST_NAME)
    return {name: value[:LONGEST] if isinstance(value, str) else value for name, value in islice(others, MOST)}


def _text(value: object) -> str | None:
    return value[:LONGEST] if isinstance(value, str) else None
