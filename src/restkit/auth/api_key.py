"""API keys: a secret in a header, a query parameter or a cookie of the API's choice."""

from __future__ import annotations

import httpx
from typing_extensions import override

from restkit.credentials.place import place
from restkit.credentials.scheme import Scheme
from restkit.credentials.secret import Value, ask, checked_value
from restkit.flow import Flow


class APIKey(Scheme):
    """Send an API key in a header, a query parameter or a cookie: name one of them.

    The key is text, an `EnvVar`, or what a function gives each time. Wherever the name is met from now on, in logs and
    errors too, its value is masked.
    """

    header: tuple[str, str] | None = None

    def __init__(
        self, key: Value, *, header: str | None = None, query: str | None = None, cookie: str | None = None
    ) -> None:
        self._place = place(header, query, cookie)
        self._key = checked_value("key", key, self._place.checked)
        if isinstance(self._key, str) and self._place.kind == "header":
            self.header = self._place.name, self._key

    @override
    def _asked(self, request: httpx.Request) -> Flow[None]:
        self._place.put(request, (yield from ask("key", self._key, self._place.checked)))
