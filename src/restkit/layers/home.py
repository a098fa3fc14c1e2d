"""Home: what is added on the way to another origin, and could be a credential, stays here."""

from __future__ import annotations

import httpx

from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.checked import flag
from restkit.policies.hop import FOREIGN, at, crossing


class Home:
    """Take from a request that a redirect has led to another origin what must not arrive there.

    It stands below whatever adds headers to each hop or attempt: hooks and layers that know nothing of origins. It
    `is_idle` for a call that follows no redirects.
    """

    __slots__ = ("is_idle",)
    is_idle: bool

    def __init__(self, *, is_idle: bool = False) -> None:
        self.is_idle = flag("is_idle", is_idle)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Leave a few harmless headers."""
        if FOREIGN in request.extensions:
            request.headers = at(request.url, crossing(request.headers))
        return proceed(request)
