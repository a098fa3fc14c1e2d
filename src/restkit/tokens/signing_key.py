"""A private key that signs JWTs: to show who a client is, to vouch for a user, to prove that a token is ours."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import field, frozen
from typing_extensions import override

from restkit.credentials.secret import Value, ask, checked_value
from restkit.errors import ConfigError
from restkit.flow import Flow
from restkit.policies.checked import CHECK, check_fields

if TYPE_CHECKING:
    from jwt.algorithms import Algorithm

ALGORITHMS: tuple[str, ...] = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""What private keys sign with (RFC 7518, section 3.1; RFC 8037)."""
BEGINS = "-----BEGIN "
_PUBLIC = ("kty", "crv", "x", "y", "n", "e")
"""The members of a public key that say which one it is (RFC 7638, section 3.2)."""


def checked_pem(name: str, given: object) -> str:
    r"""A private key as text, in PEM; an environment may hold its line ends as `\n`. Raises ConfigError."""
    text = given.replace("\\n", "\n").strip() if isinstance(given, str) else ""
    if not text.startswith(BEGINS) or not text.isascii():
        raise ConfigError(name, "is no private key in PEM", "pass the text that begins with -----BEGIN")
    return text


def pem_or_source(name: str, given: object) -> Value:
    """A private key, or where it comes from. Raises ConfigError."""
    return checked_value(name, given, checked_pem)


def algorithm(name: str, given: object) -> str:
    """The name of an algorithm for private keys. Raises ConfigError."""
    if given not in ALGORITHMS:
        raise ConfigError(name, "is none for private keys", f"use one of {', '.join(ALGORITHMS)}")
    return str(given)


@frozen
class SigningKey:
    """A private key in PEM, the algorithm it signs with, and the `kid` by which the other side knows it.

    The key is text, an `EnvVar`, or what a function gives each time. Signing takes the extra `jwt`.
    """

    key: Value = field(repr=False, metadata={CHECK: pem_or_source})
    algorithm: str = field(default="RS256", metadata={CHECK: algorithm})
    kid: str | None = None

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> Flow[str]:
        """A JWT with these claims. Raises ConfigError for a key that is none, or does not fit the algorithm."""
        known = {} if self.kid is None else {"kid": self.kid}
        return signed(claims, (yield from self.pem()), self.algorithm, {**known, **(headers or {})})

    def pem(self) -> Flow[str]:
        """The key, as it is now."""
        return (yield from ask("key", self.key, checked_pem))

    def public(self) -> Flow[dict[str, str]]:
        """Its public half, as a JWK (RFC 7517)."""
        prepared: Any = prepare((yield from self.pem()), self.algorithm)
        kind: Any = algorithms()[self.algorithm]  # each takes keys of a class of its own
        said: dict[str, str] = kind.to_jwk(prepared.public_key(), as_dict=True)
        return {name: said[name] for name in _PUBLIC if name in said}

    @override
    def __getstate__(self) -> NoReturn:
        raise TypeError("a SigningKey is not pickled, since it is a secret: make it anew where it is needed")


def signed(claims: Mapping[str, Any], secret: str, name: str, headers: Mapping[str, Any]) -> str:
    """A JWT, signed with a private key or a shared secret. Raises ConfigError."""
    from jwt.exceptions import PyJWTError

    try:
        made: str = library().encode(dict(claims), prepare(secret, name), name, dict(headers) or None)
    except (PyJWTError, TypeError) as error:
        raise ConfigError("claims", f"cannot be signed with {name} ({type(error).__name__})", "see its key") from None
    return made


@functools.lru_cache(16)
def prepare(secret: str, name: str) -> Any:  # noqa: ANN401 - of one of cryptography's classes
    """A key, read: which takes longer than to sign with it. Raises ConfigError for one of another algorithm."""
    kind: Any = algorithms()[name]  # each takes keys of a class of its own
    try:
        return kind.prepare_key(secret)
    except Exception as error:  # noqa: BLE001 - it may show the key
        reason = f"is no private key for {name} ({type(error).__name__})"
        raise ConfigError("key", reason, "pass a key without a password, in PKCS 8 and PEM") from None


@functools.cache
def algorithms() -> Mapping[str, Algorithm]:
    """Those that the library knows here."""
    _ = library()
    from jwt.algorithms import get_default_algorithms

    return get_default_algorithms()


def library() -> ModuleType:
    """PyJWT with cryptography. Raises ConfigError if they are not installed."""
    try:
        _ = import_module("cryptography")  # without it there are no private keys
        return import_module("jwt")
    except ImportError:
        raise ConfigError("jwt", "is not installed", "install restkit-httpx[jwt]") from None
