"""Discovery: what an authorization server says of itself (RFC 8414; OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from restkit.flow import Clock, Flow, Transport
from restkit.tokens.discovery import Metadata, discovered
from restkit.tokens.endpoint import Endpoint


def discover(
    issuer: str, *, transport: Transport | None = None, allow_insecure: bool = False, clock: Clock | None = None
) -> Flow[Metadata]:
    """Ask a server where its endpoints are; a flow, for `client.execute`. Schemes with `issuer=` do so by themselves.

    Raises AuthError if there is no metadata, or it is of another issuer.
    """
    return (yield from discovered(Endpoint(transport, allow_insecure=allow_insecure, clock=clock), issuer))
