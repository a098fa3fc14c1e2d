"""The TLS identity of a transport: one value, which says whom it trusts and who it is."""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Iterable
from typing import TypeAlias

from attrs import Factory, field, frozen

from restkit.errors import ConfigError
from restkit.wire.tls import pins as pinning
from restkit.wire.tls.certificate import ClientCertificate, Path, checked_certificate
from restkit.wire.tls.files import Stamp, checked_path
from restkit.wire.tls.recipe import Recipe
from restkit.wire.tls.trust import Store, named_by

Verify: TypeAlias = "bool | str | os.PathLike[str] | ssl.SSLContext"
"""Whether certificates are verified; or by whose authorities, as a path; or a context of the caller's own."""
Cert: TypeAlias = (
    "Path | tuple[Path] | tuple[Path, Path | None] | tuple[Path, Path | None, str | None] | ClientCertificate"
)
"""A client certificate: its file; its file and its key's; or these and the key's password."""
HTTP1, HTTP2 = ("http/1.1",), ("h2", "http/1.1")
"""The protocols to offer, the preferred one first."""


class InsecureWarning(UserWarning):
    """What is sent may be read, or even changed, by others: certificates are not verified, or keys are logged."""


def checked_verify(name: str, value: object) -> bool | str | ssl.SSLContext:
    """True, False, the path of a file or folder, or a context. Raises ConfigError."""
    if isinstance(value, bool | ssl.SSLContext):
        return value
    return checked_path(name, value, "pass True, False, the path of authorities, or an ssl.SSLContext")


def _verify(value: Verify) -> bool | str | ssl.SSLContext:
    return checked_verify("verify", value)


def _cert(value: Cert | None) -> ClientCertificate | None:
    return checked_certificate("cert", value)


def _pins(value: Iterable[str]) -> tuple[str, ...]:
    return pinning.checked_pins("pins", value)


def _whom(tls: Tls) -> Store | bool | ssl.SSLContext:
    if isinstance(tls.verify, str):
        return Store.at("verify", tls.verify)
    found = named_by(os.environ) if tls.trust_env and tls.verify is True else None
    return found or tls.verify


def _log(tls: Tls) -> str | None:
    reads = tls.trust_env and not isinstance(tls.verify, ssl.SSLContext)
    return os.environ.get("SSLKEYLOGFILE") or None if reads else None


def _look(tls: Tls) -> tuple[Stamp, ...]:
    return tls.cert.stamps() if tls.cert else ()


@frozen
class Tls:
    """Whom a transport trusts, what it shows of itself, and which keys a server must show.

    Equal identities share their contexts; different ones share no connection. Where files are named, they are part of
    it as they were when it was made: once they were replaced, another one is not equal. `trust_env` reads SSL_CERT_FILE
    or SSL_CERT_DIR in place of the default authorities, and SSLKEYLOGFILE. Raises ConfigError; warns with
    InsecureWarning.
    """

    verify: bool | str | ssl.SSLContext = field(default=True, converter=_verify)
    cert: ClientCertificate | None = field(default=None, converter=_cert)
    pins: tuple[str, ...] = field(default=(), converter=_pins)
    trust_env: bool = field(default=False, eq=False)
    trust: Store | bool | ssl.SSLContext = field(init=False, repr=False, default=Factory(_whom, takes_self=True))
    """Whom that means."""
    keylog: str | None = field(init=False, repr=False, default=Factory(_log, takes_self=True))
    """The file to which the keys of sessions are written."""
    stamps: tuple[Stamp, ...] = field(init=False, repr=False, default=Factory(_look, takes_self=True))
    """Those of the client certificate's files."""
    _contexts: dict[tuple[str, ...], ssl.SSLContext] = field(
        init=False, factory=dict[tuple[str, ...], ssl.SSLContext], eq=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        if self.cert is not None and isinstance(self.verify, ssl.SSLContext):
            raise ConfigError("cert", "goes with no context of your own", "load it there: context.load_cert_chain(...)")
        if self.verify is False:
            warnings.warn("verify=False: certificates are not verified", InsecureWarning, stacklevel=4)
        if self.keylog is not None:
            said = "SSLKEYLOGFILE is set: whoever reads that file can read what is sent"
            warnings.warn(said, InsecureWarning, stacklevel=4)

    @property
    def is_plain(self) -> bool:
        """Whether its context is that of everybody who says nothing. It is made when it is first used."""
        return not isinstance(self.trust, ssl.SSLContext) and self._recipe(self.trust, HTTP1).is_plain

    def context(self, *, alpn: tuple[str, ...] = HTTP1) -> ssl.SSLContext:
        """The context for these protocols, the preferred one first; a caller's own as it is. Raises ConfigError."""
        if isinstance(self.trust, ssl.SSLContext):
            return self.trust
        found = self._contexts.get(alpn)
        if found is None:
            found = self._contexts[alpn] = self._recipe(self.trust, alpn).context()
        return found

    def _recipe(self, trust: Store | bool, alpn: tuple[str, ...]) -> Recipe:  # noqa: FBT001 - httpx's own spelling
        return Recipe(trust, alpn, self.cert, self.stamps, self.keylog)

    def vet(self, session: ssl.SSLObject | ssl.SSLSocket, host: str) -> None:
        """Raise TLSVerifyError unless the certificate that was shown has one of the pinned keys, if any are pinned."""
        pinning.vet(session, host, self.pins)


def tls_context(verify: bool | ssl.SSLContext) -> ssl.SSLContext:  # noqa: FBT001 - httpx's own spelling
    """The context for `verify`: a shared one for True, the caller's own, or, with a warning, one for False."""
    return Tls(verify).context()
