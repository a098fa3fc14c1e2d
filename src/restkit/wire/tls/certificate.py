"""What a client shows of itself where a server asks for it: its certificate, and proof that it has the key."""

from __future__ import annotations

import os
import ssl
from typing import TypeAlias, cast

from attrs import field, frozen

from restkit.errors import ConfigError
from restkit.wire.tls.files import CERTIFICATE, Stamp, checked_path, content, stamp

Path: TypeAlias = "str | os.PathLike[str]"
PRIVATE = b"PRIVATE KEY-----"
FORMS = (1, 2, 3)
"""How many parts there may be: a file, the key's own file, and its password."""


@frozen
class ClientCertificate:
    """A client's certificate with those that lead to its authority, its key, and what the key is encrypted with.

    `file` and `key` are paths of PEM; without `key` the first one holds both.
    """

    file: str
    key: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Its files, each with the name that an error gives it."""
        return (("cert[0]", self.file),) if self.key is None else (("cert[0]", self.file), ("cert[1]", self.key))

    def stamps(self) -> tuple[Stamp, ...]:
        """Those of its files. Raises ConfigError."""
        return tuple(stamp(name, path) for name, path in self.places)

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have a context show it. Raises ConfigError."""
        self._look()
        asked = Password(self.password)
        try:
            context.load_cert_chain(self.file, self.key, password=asked)
        except (ssl.SSLError, OSError, ValueError) as error:
            raise unusable(error, asked) from None

    def _look(self) -> None:
        """OpenSSL says only that something is missing: here it is said what."""
        name, path = self.places[-1]
        if CERTIFICATE not in content("cert[0]", self.file):
            raise ConfigError("cert[0]", "holds no certificate in PEM", "name the file of the certificate")
        if PRIVATE not in content(name, path):
            raise ConfigError(name, "holds no private key in PEM", 'write cert=("certificate.pem", "key.pem")')


class Password:
    """Answers what a key is encrypted with. Without one OpenSSL would ask whoever sits at the terminal."""

    __slots__ = ("_known", "was_asked")
    was_asked: bool

    def __init__(self, known: str | None) -> None:
        self._known, self.was_asked = known, False

    def __call__(self) -> str:
        """The password. Raises ConfigError if there is none."""
        if self._known is None:
            raise ConfigError("cert[2]", "is missing, and the key is encrypted", 'write cert=(file, key, "password")')
        self.was_asked = True
        return self._known


def unusable(error: Exception, asked: Password) -> ConfigError:
    """The error for a certificate and a key that OpenSSL does not take."""
    reason = getattr(error, "reason", None)
    if reason == "KEY_VALUES_MISMATCH":
        return ConfigError("cert", "has a key that is not the certificate's", "pass the key it was issued for")
    if asked.was_asked:
        return ConfigError("cert[2]", "does not open the key", "correct the password")
    return ConfigError("cert", f"cannot be used ({reason or type(error).__name__})", "check it with openssl")


def checked_certificate(name: str, value: object) -> ClientCertificate | None:
    """A path, or a tuple of a path, the key's path and the key's password. Raises ConfigError."""
    if value is None or isinstance(value, ClientCertificate):
        return value
    parts = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    if len(parts) not in FORMS:
        raise ConfigError(name, f"has {len(parts)} parts", "pass a path, or (path, key) or (path, key, password)")
    file, key, password = (*parts, None, None)[: len(FORMS)]
    if password is not None and not isinstance(password, str):
        raise ConfigError(f"{name}[2]", f"is of type {type(password).__name__}", "pass the password as text")
    file = checked_path(name if value is file else f"{name}[0]", file)
    return ClientCertificate(file, None if key is None else checked_path(f"{name}[1]", key), password)
