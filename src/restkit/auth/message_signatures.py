"""MessageSignatures: requests that are signed part by part (RFC 9421)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, Literal, NamedTuple, TypeAlias
from urllib.parse import quote

import httpx
from typing_extensions import override

from restkit.credentials.message_signing import CLASSES, Algorithm, Key, Sign, Told, prepared, signer
from restkit.credentials.scheme import Scheme, whole
from restkit.credentials.secret import EnvVar, checked
from restkit.errors import ConfigError, InputError
from restkit.flow import Ask, Clock, Flow
from restkit.policies import component
from restkit.policies.checked import clock_or_real, flag, refuse_unknown
from restkit.policies.checked import whole as whole_number
from restkit.policies.component import DIGEST
from restkit.policies.sent import TARGET, rewrite, target

DigestAlgorithm: TypeAlias = Literal["sha-256", "sha-512"]
LONGEST = 100 * 365 * 86_400
"""Seconds that a signature is good for at most: dates have an end."""
COVERED = ("@method", "@target-uri", DIGEST)
"""What is signed unless told otherwise."""
_HASHES: dict[DigestAlgorithm, str] = {"sha-256": "sha256", "sha-512": "sha512"}
_LABEL = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_MAY_STAND = "/?:@!$&'()*+,;=-._~%"
"""What RFC 3986 lets stand in a path and a query, beside letters and digits."""


class MessageSignatures(Scheme):
    """Sign the parts of each request that are named, by HTTP Message Signatures (RFC 9421).

    `key` is a private key in PEM, or an object of the package `cryptography`; for `hmac-sha256` it is the secret. It
    may also be an `EnvVar`, or a function that gives it each time. `components` names what is signed, as the RFC does:
    `@method`, `content-type`, `"@query-param";name="id"`. For `content-digest` that header is made of the body (RFC
    9530), by the hash `digest`; a request without a body goes without. Each signature tells its moment; with `nonce`, a
    word of its own; with `expires`, for how many seconds it is good; with `names_algorithm`, the algorithm; and `tag`.

    Needs `restkit-httpx[signatures]`. Raises ConfigError for a wrong setting, and InputError for a request without a
    header that is to be signed.
    """

    signs: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913 - what RFC 9421 lets vary, by keyword
        self,
        key_id: str,
        key: Key | EnvVar | Callable[[], Key | Awaitable[Key]],
        *,
        algorithm: Algorithm,
        components: Iterable[str] = COVERED,
        digest: DigestAlgorithm = "sha-256",
        label: str = "sig1",
        expires: int | None = None,
        nonce: bool = True,
        tag: str | None = None,
        names_algorithm: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._key_id, self._tag = checked("key_id", key_id), None if tag is None else checked("tag", tag)
        refuse_unknown("algorithm", algorithm, CLASSES)
        refuse_unknown("digest", digest, _HASHES)
        self._algorithm: Algorithm = algorithm
        self._digest: DigestAlgorithm = digest
        self._components, self._label = component.components(components), checked_label(label)
        self._lasts = None if expires is None else seconds_to_last(expires)
        self._nonce, self._names_algorithm = flag("nonce", nonce), flag("names_algorithm", names_algorithm)
        self._clock = clock_or_real("clock", clock)
        self._key: Key | EnvVar | Callable[[], object] = key
        self._loaded: Loaded | None = None
        if not (isinstance(key, EnvVar) or callable(key)):
            _ = self._sign(key)

    @override
    def authenticate(self, request: httpx.Request) -> Flow[None]:
        sign = self._sign((yield from present(self._key)))
        if any(each.name == DIGEST for each in self._components):
            yield from whole(request)
        if TARGET not in request.extensions:  # which somebody wants sent as it is
            rewrite(request, quote(target(request), safe=_MAY_STAND))
        found = prepared(request, self._algorithm, self._covered(request), self._told())
        request.headers["Signature-Input"] = f"{self._label}={found.parameters}"
        request.headers["Signature"] = f"{self._label}={binary(sign(found.text))}"

    def _sign(self, key: object) -> Sign:
        """What signs with a key: it is read once as long as it is the same."""
        loaded = self._loaded
        if loaded is None or loaded.key != key:
            loaded = self._loaded = Loaded(key, signer(self._algorithm, key))
        return loaded.sign

    def _covered(self, request: httpx.Request) -> list[str]:
        """The components of this request, for which it gets its digest. Raises InputError for a header it has not."""
        named = self._components
        if any(each.name == DIGEST for each in named):
            _ = request.headers.pop(DIGEST, None)
            if request.content:
                request.headers["Content-Digest"] = digest_of(request.content, self._digest)
            else:
                named = tuple(each for each in named if each.name != DIGEST)
        missing = next((each.name for each in named if each.is_header and each.name not in request.headers), None)
        if missing is not None:
            raise InputError(missing, "is to be signed, and the request has none", "send it, or do not name it")
        return [each.identifier for each in named]

    def _told(self) -> Told:
        created = int(self._clock.wall())
        expires = None if self._lasts is None else created + self._lasts
        nonce = secrets.token_urlsafe(16) if self._nonce else None
        return Told(self._key_id, created, expires, nonce, self._tag, self._names_algorithm)


class Loaded(NamedTuple):
    """A key, and what signs with it."""

    key: object
    sign: Sign


def present(key: Key | EnvVar | Callable[[], object]) -> Flow[object]:
    """The key as it is now."""
    if isinstance(key, EnvVar):
        return key.text()
    return (yield from Ask[object].of(key)) if callable(key) else key


def digest_of(content: bytes, algorithm: DigestAlgorithm) -> str:
    """What Content-Digest says of a body (RFC 9530, section 2)."""
    return f"{algorithm}={binary(hashlib.new(_HASHES[algorithm], content).digest())}"


def binary(content: bytes) -> str:
    """Bytes as a structured field writes them (RFC 9651, section 3.3.5)."""
    return f":{base64.b64encode(content).decode('ascii')}:"


def seconds_to_last(given: object) -> int:
    """For how long a signature is good. Raises ConfigError."""
    return whole_number("expires", given, "pass seconds, up to a hundred years, or None", least=1, most=LONGEST)


def checked_label(given: object) -> str:
    """The name of a signature among several (RFC 9651, section 3.1.2). Raises ConfigError."""
    if not isinstance(given, str) or not _LABEL.fullmatch(given):
        raise ConfigError("label", "is no name of a signature", "use small letters, digits and dashes, like 'sig1'")
    return given
