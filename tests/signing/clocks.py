"""A clock that is looked at once for each attempt."""

from __future__ import annotations

from typing_extensions import override

from restkit.flow import Clock


class Minutes(Clock):
    """A minute later each time."""

    def __init__(self, moment: float) -> None:
        self._moment = moment

    @override
    def wall(self) -> float:
        """A minute later each time."""
        self._moment += 60
        return self._moment
