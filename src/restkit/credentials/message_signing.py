"""The package http-message-signatures, as restkit uses it: for the text that is signed, and to sign it (RFC 9421)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

import httpx
from attrs import frozen

from restkit.credentials.secret import checked
from restkit.errors import ConfigError, InputError
from restkit.policies.component import DIGEST
from restkit.policies.sent import fields, target

if TYPE_CHECKING:
    from types import ModuleType

Algorithm: TypeAlias = Literal[
    "hmac-sha256", "ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "rsa-pss-sha512", "rsa-v1_5-sha256"
]
CLASSES: dict[Algorithm, str] = {
    "hmac-sha256": "HMAC_SHA256",
    "ed25519": "ED25519",
    "ecdsa-p256-sha256": "ECDSA_P256_SHA256",
    "ecdsa-p384-sha384": "ECDSA_P384_SHA384",
    "rsa-pss-sha512": "RSA_PSS_SHA512",
    "rsa-v1_5-sha256": "RSA_V1_5_SHA256",
}
"""What the package calls each algorithm."""
HMAC = "hmac-sha256"
Sign: TypeAlias = Callable[[bytes], bytes]


class PrivateKey(Protocol):
    """A private key, as an object of the package `cryptography`."""

    @property
    def sign(self) -> Callable[..., bytes]:
        """What signs with it."""
        ...


Key: TypeAlias = str | bytes | PrivateKey
"""A private key in PEM, or as an object of the package `cryptography`; for `hmac-sha256` the secret itself."""


class Told(NamedTuple):
    """What a signature tells about itself (section 2.3)."""

    key_id: str
    created: int
    """Seconds since 1970, as is `expires`."""
    expires: int | None = None
    nonce: str | None = None
    tag: str | None = None
    names_algorithm: bool = False


class Prepared(NamedTuple):
    """What there is to sign."""

    text: bytes
    """What the algorithm signs: the signature base (section 2.5)."""
    parameters: str
    """What is told of it (section 2.3)."""


@frozen
class Lines:
    """Headers, each instance of them, in the form that the package asks for."""

    pairs: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        """Names and values."""
        return self.pairs


@frozen
class Message:
    """A request as it is sent, in the form that the package asks for."""

    method: str
    url: str
    headers: Lines

    @classmethod
    def of(cls, request: httpx.Request) -> Message:
        """A request, at the host that it names."""
        host = request.headers.get("host") or request.url.netloc.decode("ascii")
        return cls(request.method, f"{request.url.scheme}://{host}{target(request)}", Lines(fields(request)))


def prepared(request: httpx.Request, algorithm: Algorithm, covered: Sequence[str], told: Told) -> Prepared:
    """What there is to sign of a request. Raises InputError if it lacks something that is to be covered."""
    package = installed()
    try:
        made = package.HTTPMessageSigner(signature_algorithm=implementation(algorithm)).prepare(
            Message.of(request),
            key_id=told.key_id,
            created=moment(told.created),
            expires=None if told.expires is None else moment(told.expires),
            nonce=told.nonce,
            tag=told.tag,
            include_alg=told.names_algorithm,
            covered_component_ids=covered,
            use_existing_digest=DIGEST in request.headers,
        )
    except package.HTTPMessageSignaturesException as error:
        raise InputError("components", f"cannot be signed: {error}", "change them, or the request") from None
    return Prepared(made.signature_base, made.signature_params)


def signer(algorithm: Algorithm, key: object) -> Sign:
    """What signs with a key; bytes are a secret as it is. Raises ConfigError for one of another kind, unshown."""
    if isinstance(key, str):
        key = (checked("key", key) if algorithm == HMAC else key).encode("utf-8", "replace")
    made = implementation(algorithm)
    if not key or (algorithm == HMAC and not isinstance(key, bytes)):
        raise unfit(algorithm)
    try:
        return made(private_key=key).sign
    except Exception:  # noqa: BLE001 - of whatever reads keys, and may quote them
        raise unfit(algorithm) from None


def unfit(algorithm: Algorithm) -> ConfigError:
    """The error for a key that is of another kind."""
    remedy = "pass the secret" if algorithm == HMAC else "pass one in PEM, not encrypted, or an object of cryptography"
    return ConfigError("key", f"is no private key for {algorithm}", remedy)


def implementation(algorithm: Algorithm) -> Callable[..., PrivateKey]:
    """The package's own class for an algorithm."""
    found: Callable[..., PrivateKey] = getattr(installed().algorithms, CLASSES[algorithm])
    return found


def installed() -> ModuleType:
    """The package. Raises ConfigError if it is not there."""
    try:
        import http_message_signatures
    except ImportError:
        raise ConfigError(
            "MessageSignatures", "needs the package http-message-signatures", "install restkit-httpx[signatures]"
        ) from None
    return http_message_signatures


def moment(seconds: int) -> dt.datetime:
    """A moment in the form that the package asks for."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
