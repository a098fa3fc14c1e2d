"""The errors of a proxy that does not let us through."""

from __future__ import annotations

from restkit.errors import ProxyAuthError, ProxyError

AUTHENTICATION_REQUIRED = 407


def refusal(status: int, reason: bytes = b"") -> ProxyError:
    """The error for what a proxy has answered (RFC 9110, sections 9.3.6 and 15.5.8)."""
    if status == AUTHENTICATION_REQUIRED:
        return ProxyAuthError("the proxy wants other credentials, or any at all (407)", status=status)
    said = f"{status} {reason.decode('ascii', 'replace')}".strip()
    return ProxyError(f"the proxy refuses to connect: {said}", status=status)
