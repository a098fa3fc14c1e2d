"""What a transport of somebody else's lets us know of an attempt: whether it has begun to write the request.

httpcore tells the `trace` extension of each step. If it told of some, and not of writing, the server has seen nothing.
A transport that tells of none leaves it open. Being told costs time, so only calls ask for it that must not be sent
twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

WANTED = "restkit.witness"
"""Set in the extensions of a request of which somebody wants to know whether it was written."""
TRACE = "trace"
_WRITES = ".send_request_headers.started"


class Witness:
    """Is told of one attempt."""

    __slots__ = ("_has_written", "_heard")

    def __init__(self) -> None:
        self._heard = self._has_written = False

    @property
    def bytes_sent(self) -> int | None:
        """0 if nothing was written; None if something was, or nobody knows."""
        return 0 if self._heard and not self._has_written else None

    def attend(self, request: httpx.Request, *, awaits: bool) -> None:
        """Have the transport tell us, unless it tells somebody else already."""
        _ = request.extensions.setdefault(TRACE, self._atell if awaits else self._tell)

    def _tell(self, event: str, _: dict[str, Any]) -> None:
        self._heard = True
        self._has_written |= event.endswith(_WRITES)

    async def _atell(self, event: str, said: dict[str, Any]) -> None:
        self._tell(event, said)
