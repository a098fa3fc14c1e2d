"""Home: what could be a credential stays here, though a redirect or a layer leads to another origin."""

from __future__ import annotations

from collections.abc import Collection

import httpx

from restkit.admission.origins import has_left, noted
from restkit.credentials.scheme import SIGNER
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.checked import flag, names
from restkit.policies.hop import FOREIGN, at, crossing
from restkit.redaction import is_sensitive


class Leave:
    """Note where an attempt is to go, above layers that know nothing of origins, for a Home below them."""

    __slots__ = ("is_idle",)
    is_idle: bool

    def __init__(self, *, is_idle: bool = False) -> None:
        self.is_idle = flag("is_idle", is_idle)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send it on."""
        request.extensions = {**request.extensions, **noted(request)}
        return proceed(request)


class Home:
    """Take from a request that was led to another origin what must not arrive there.

    It stands below whatever adds headers to each hop or attempt: hooks and layers that know nothing of origins. After a
    redirect, a few harmless headers are left; where a layer below Leave has changed the origin, all but those that hold
    secrets by their names, of which `redact` has further ones, and nothing is signed. It `is_idle` for a call that
    follows no redirects and meets no such layers.
    """

    __slots__ = ("_redact", "is_idle")
    is_idle: bool

    def __init__(self, *, redact: Collection[str] = (), is_idle: bool = False) -> None:
        self._redact, self.is_idle = names("redact", redact), flag("is_idle", is_idle)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Leave what is harmless."""
        if FOREIGN in request.extensions:
            request.headers = at(request.url, crossing(request.headers))
        elif has_left(request):
            request.extensions = {name: said for name, said in request.extensions.items() if name != SIGNER}
            request.headers = self._without_secrets(request.headers)
        return proceed(request)

    def _without_secrets(self, headers: httpx.Headers) -> httpx.Headers:
        kept = [pair for pair in headers.raw if not is_sensitive(pair[0].decode("latin-1"), self._redact)]
        return httpx.Headers(kept)
