"""What httpcore is handed in place of a context."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from restkit.wire.tls.identity import Tls


class Handed(ssl.SSLContext):
    """Stands for an identity and its protocols on their way through httpcore, to our streams.

    httpcore sets the protocols of whatever context it gets, also of a user's own, and knows nothing of pins. By itself
    this one knows no authority: with TLS it would refuse every server.
    """

    tls: Tls
    alpn: tuple[str, ...]

    @override
    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Leave them as they are."""


def real(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context that one stands for, if it is not one itself."""
    return context.tls.context(alpn=context.alpn) if isinstance(context, Handed) else context


def handed(tls: Tls, alpn: tuple[str, ...]) -> Handed:
    """Something to hand to httpcore."""
    made = Handed(ssl.PROTOCOL_TLS_CLIENT)
    made.tls, made.alpn = tls, alpn
    return made


@functools.cache
def trusting_nobody() -> ssl.SSLContext:
    """A context that knows no authority: cheap, for connections without TLS; with TLS it would refuse every server."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
