"""Pins: hashes of public keys, of which a server must show one (RFC 7469 section 2.4)."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from restkit.errors import ConfigError, InputError, TLSVerifyError
from restkit.wire.tls.der import Malformed, as_key, is_key, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "sha256/"
REMEDY = "write what restkit.pin_of(certificate) answers"
SIZE = 32
"""Bytes of a hash."""
_PEM = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----")


def pin_of(pem_or_der: bytes) -> str:
    """The pin of a certificate's public key, or of a public key, in PEM or DER: `"sha256/..."`.

    Of several in one file, that of the first. Raises InputError.
    """
    if not isinstance(pem_or_der, bytes):  # pyright: ignore[reportUnnecessaryIsInstance] - a path is an easy mistake
        raise InputError(
            "pem_or_der", f"is of type {type(pem_or_der).__name__}", "pass the content of the file, as bytes"
        )
    try:
        data = der_in(pem_or_der)
        return pin_of_key(as_key(data) if is_key(data) else key_of(data))
    except Malformed as error:
        remedy = "pass what a file of a certificate holds, in PEM or DER"
        raise InputError("pem_or_der", f"holds no certificate: {error}", remedy) from None


def der_in(content: bytes) -> bytes:
    """The first certificate or public key in a file of PEM, or the file itself. Raises Malformed."""
    import base64

    found = _PEM.search(content)
    if found is None:
        return content
    try:
        return base64.b64decode(b"".join(found[2].split()), validate=True)
    except ValueError:
        raise Malformed("its base64 is damaged") from None


def pin_of_key(key: bytes) -> str:
    """The pin of a SubjectPublicKeyInfo."""
    import base64
    import hashlib

    return PREFIX + base64.b64encode(hashlib.sha256(key).digest()).decode()


def vet(session: ssl.SSLObject | ssl.SSLSocket, host: str, pins: Sequence[str]) -> None:
    """Raise TLSVerifyError unless the certificate that was shown has one of the pinned keys, if any are pinned."""
    if not pins:
        return
    try:
        shown = pin_of_key(key_of(session.getpeercert(binary_form=True) or b""))
    except Malformed as error:
        raise TLSVerifyError(f"the certificate of {host} cannot be compared with the pins: {error}") from None
    if shown not in pins:
        raise TLSVerifyError(f"the certificate of {host} has another key than those that are pinned: {shown}")


def checked_pins(name: str, value: object) -> tuple[str, ...]:
    """Pins, each once, in order. Raises ConfigError."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise ConfigError(name, "is no list of pins", f'write {name}=["sha256/..."]')
    given = enumerate(cast("Iterable[object]", value))
    return tuple(sorted({checked_pin(f"{name}[{number}]", each) for number, each in given}))


def checked_pin(name: str, value: object) -> str:
    """`sha256/` and 32 bytes in base64, in its one spelling. Raises ConfigError."""
    import base64

    if not isinstance(value, str) or not value.startswith(PREFIX):
        raise ConfigError(name, "does not begin with sha256/", REMEDY)
    said = value.removeprefix(PREFIX)
    try:
        digest = base64.b64decode(said, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != SIZE or base64.b64encode(digest).decode() != said:
        raise ConfigError(name, f"does not end with {SIZE} bytes in base64", REMEDY)
    return value
