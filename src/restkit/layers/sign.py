"""Sign: put a signature on what is sent, when nothing of it changes any more."""

from __future__ import annotations

import httpx

from restkit.credentials.scheme import SIGNER, Scheme, done, whole
from restkit.flow import Flow
from restkit.pipeline import Proceed
from restkit.policies.checked import flag
from restkit.policies.hop import FOREIGN


class Sign:
    """Have a request signed by the scheme that Authenticate has named for it.

    It stands below whatever waits or changes a request. It `is_idle` for a client whose own scheme signs nothing.
    """

    __slots__ = ("is_idle",)
    is_idle: bool

    def __init__(self, *, is_idle: bool = False) -> None:
        self.is_idle = flag("is_idle", is_idle)

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Send a request with its signature, if it is to have one."""
        extensions = request.extensions
        if SIGNER not in extensions or FOREIGN in extensions:
            return proceed(request)
        return signed(extensions[SIGNER], request, proceed)


def signed(scheme: Scheme, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
    """Sign, and send."""
    if scheme.needs_body:
        yield from whole(request)
    yield from done(scheme.authenticate(request))
    return (yield from proceed(request))
