"""The contexts of TLS, with certificates of ours."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

CERTIFICATES = Path(__file__).parent / "certificates"
GOOD = Path(__file__).parents[1] / "errors" / "loopback.pem"


@functools.cache
def certified(name: str, protocol: str) -> ssl.SSLContext:
    """A server's context with one of our certificates, for one protocol."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(GOOD if name == "good" else CERTIFICATES / f"{name}.pem")
    context.set_alpn_protocols([protocol])
    return context


@functools.cache
def trusting(_protocol: str = "http/1.1") -> ssl.SSLContext:
    """A client's context that knows all of our certificates but the stranger's: one for each protocol it is told."""
    context = ssl.create_default_context(cafile=str(GOOD))
    for name in ("expired", "elsewhere"):
        context.load_verify_locations(CERTIFICATES / f"{name}.pem")
    return context
