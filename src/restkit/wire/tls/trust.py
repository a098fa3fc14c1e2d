"""Where the authorities are kept that a transport trusts."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from attrs import Factory, field, frozen

from restkit.errors import ConfigError
from restkit.wire.tls.files import CERTIFICATE, Stamp, checked_path, content, stamp, unreadable

HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
"""How OpenSSL finds a certificate in a folder: by the hash of its subject."""


def _look(store: Store) -> tuple[Stamp, ...]:
    return tuple(stamp(store.name, path) for path in (*filter(None, [store.file]), *store.folders))


@frozen
class Store:
    """A file of certificates in PEM, or folders of them; `name` is the setting or the variable that says so.

    Stores are equal if their places are, and nothing there was replaced since the one was looked at.
    """

    name: str = field(eq=False)
    file: str | None
    folders: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = field(init=False, repr=False, default=Factory(_look, takes_self=True))

    @classmethod
    def at(cls, name: str, path: str) -> Self:
        """A file or a folder. Raises ConfigError."""
        return cls(name, None, (path,)) if Path(path).is_dir() else cls(name, path)

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have a context trust them. Raises ConfigError."""
        for folder in self.folders:
            self._load_folder(context, folder)
        if self.file is not None:
            self._load_file(context, self.file)

    def _load_file(self, context: ssl.SSLContext, file: str) -> None:
        if CERTIFICATE not in content(self.name, file):
            raise ConfigError(self.name, "names a file without a certificate in PEM", "name a bundle of certificates")
        try:
            context.load_verify_locations(cafile=file)
        except OSError as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise ConfigError(self.name, f"names a file that OpenSSL cannot read ({reason})", "correct it") from None

    def _load_folder(self, context: ssl.SSLContext, folder: str) -> None:
        try:
            names = os.listdir(folder)  # noqa: PTH208 - only names are wanted
        except OSError as error:
            raise unreadable(self.name, error) from None
        if not any(map(HASHED.fullmatch, names)):
            remedy = "run `openssl rehash` there, or name a file"
            raise ConfigError(self.name, "names a folder without certificates named by their hashes", remedy)
        context.load_verify_locations(capath=folder)


def named_by(environment: Mapping[str, str]) -> Store | None:
    """What SSL_CERT_FILE names, or else SSL_CERT_DIR; None if neither is set. Raises ConfigError with its name."""
    file, folders = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    if file is not None:
        return Store("SSL_CERT_FILE", given("SSL_CERT_FILE", file))
    if folders is not None:
        return Store("SSL_CERT_DIR", None, tuple(given("SSL_CERT_DIR", each) for each in folders.split(os.pathsep)))
    return None


def given(variable: str, value: str) -> str:
    """The path in a variable. Raises ConfigError."""
    if not value:
        raise ConfigError(variable, "is empty", "set it to a path, or unset it")
    return checked_path(variable, value)


def load_default(context: ssl.SSLContext) -> None:
    """Have a context trust whom httpx trusts: certifi's authorities."""
    import certifi

    context.load_verify_locations(cafile=certifi.where())
