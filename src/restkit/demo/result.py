"""Result: what came of a call in one world, beside what must come of it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from restkit.demo.call import Call
from restkit.demo.failure import Failure


@frozen(kw_only=True)
class Result:
    """A call that was made."""

    world: str
    call: Call
    how: str
    """What stands before the call in this world, such as `await`."""
    outcome: object
    received: Sequence[str]
    """The requests that the server received."""
    observed: Sequence[str]
    """The requests that the client's observer was told of."""
    milliseconds: float
    story: Sequence[str] = ()
    """What came of each attempt, and how long was waited between them; nothing of a single one."""

    @property
    def code(self) -> str:
        """The call as it is written in this world."""
        return f"{self.how} {self.call.code}".lstrip()

    @property
    def ok(self) -> bool:
        """Whether it is as it must be."""
        return not self.wrongs

    @property
    def wrongs(self) -> list[str]:
        """Whatever is not as it must be."""
        said = f" ({self.outcome.message})" if isinstance(self.outcome, Failure) else ""
        wrongs = {
            f"wanted {self.call.expected!r}, got {self.outcome!r}{said}": self.outcome == self.call.expected,
            f"wanted to send {listed(self.call.sends)}, the server received {listed(self.received)}": (
                [*self.received] == [*self.call.sends]
            ),
            f"the server received {listed(self.received)}, the observer was told of {listed(self.observed)}": (
                [*self.received] == [*self.observed]
            ),
        }
        return [wrong for wrong, kept in wrongs.items() if not kept]


def listed(requests: Sequence[str]) -> str:
    """Requests on one line."""
    return ", ".join(requests) or "nothing"
