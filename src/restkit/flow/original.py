"""A request as it first came, for whoever may have to send it again."""

from __future__ import annotations

from typing import Any

import httpx

from restkit.flow.outgoing import is_replayable_stream


class Original:
    """What a request was before the layers below had it: each further attempt is sent a copy of its own.

    Copies share the source of the body and the context of the call, and nothing that a layer may change.
    """

    __slots__ = ("_extensions", "_headers", "_method", "_stream", "_url")

    def __init__(self, request: httpx.Request) -> None:
        self._method, self._url, self._stream = request.method, request.url, request.stream
        self._headers, self._extensions = httpx.Headers(request.headers), unshared(request.extensions)

    @property
    def is_replayable(self) -> bool:
        """Whether its body could be sent again, whatever a transport has made of the stream meanwhile."""
        return is_replayable_stream(self._stream)

    def copy(self) -> httpx.Request:
        """The request anew."""
        made = httpx.Request(
            self._method,
            self._url,
            headers=self._headers,
            stream=self._stream,
            extensions=unshared(self._extensions),
        )
        if isinstance(self._stream, httpx.ByteStream):
            _ = made.read()
        return made


def unshared(extensions: dict[str, Any]) -> dict[str, Any]:
    """Extensions of a request of their own; its timeouts, too, are theirs to change."""
    made = dict(extensions)
    if "timeout" in made:
        made["timeout"] = dict(made["timeout"])
    return made
