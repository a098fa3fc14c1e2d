"""What a context is made of. Each is made once, as long as somebody uses it: one costs 12 ms and 680 KiB."""

from __future__ import annotations

import ssl
import sys
from weakref import WeakValueDictionary

from attrs import frozen

from restkit.errors import ConfigError
from restkit.wire.tls.certificate import ClientCertificate
from restkit.wire.tls.files import Stamp
from restkit.wire.tls.trust import Store, load_default

FLAGS = ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT if sys.version_info >= (3, 13) else ssl.VERIFY_DEFAULT
"""What `ssl.create_default_context` sets, which is not used here: it reads SSLKEYLOGFILE, asked or not."""


@frozen
class Recipe:
    """Whom to trust (True: the default authorities, False: everybody), what to show, what to speak, what to log."""

    trust: Store | bool
    alpn: tuple[str, ...]
    cert: ClientCertificate | None = None
    stamps: tuple[Stamp, ...] = ()
    keylog: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is what everybody has who says nothing."""
        return self == Recipe(True, self.alpn)  # noqa: FBT003 - as httpx spells it

    def context(self) -> ssl.SSLContext:
        """A context made of this: the same while anybody has it. Raises ConfigError."""
        made = _in_use.get(self)
        if made is None:
            made = _in_use.setdefault(self, self._make())
            if self.is_plain:
                _kept[self] = made
        return made

    def _make(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
        context.verify_flags |= FLAGS
        context.set_alpn_protocols(list(self.alpn))
        self._trust(context)
        if self.cert is not None:
            self.cert.load_into(context)
        if self.keylog is not None:
            log_keys(context, self.keylog)
        return context

    def _trust(self, context: ssl.SSLContext) -> None:
        if isinstance(self.trust, Store):
            self.trust.load_into(context)
        elif self.trust:
            load_default(context)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE


_in_use: WeakValueDictionary[Recipe, ssl.SSLContext] = WeakValueDictionary()
_kept: dict[Recipe, ssl.SSLContext] = {}
"""The plain ones, which the next client wants again."""


def log_keys(context: ssl.SSLContext, path: str) -> None:
    """Have a context write the keys of its sessions to a file. Raises ConfigError."""
    try:
        context.keylog_filename = path
    except (OSError, ValueError):
        raise ConfigError("SSLKEYLOGFILE", "names a file that cannot be written", "correct or unset it") from None
