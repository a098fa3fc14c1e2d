"""HMAC: requests that are signed with a shared secret, in the way an API describes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Literal, TypeAlias

import httpx
from attrs import frozen
from typing_extensions import override

from restkit.credentials.place import Kind, Place, checked_place, plain_place
from restkit.credentials.scheme import Scheme, whole
from restkit.credentials.secret import Value, ask, checked, checked_value
from restkit.errors import ConfigError
from restkit.flow import Clock, Flow
from restkit.policies.checked import clock_or_real, refuse_unknown
from restkit.policies.moments import WRITTEN, Moment
from restkit.policies.sent import set_parameter
from restkit.policies.wording import OF_A_HEADER, PARTS, Wording, part

Hash: TypeAlias = Literal["sha1", "sha256", "sha384", "sha512"]
Encoding: TypeAlias = Literal["hex", "base64", "base64url"]
SecretEncoding: TypeAlias = Literal["text", "hex", "base64"]
HASHES: tuple[Hash, ...] = ("sha1", "sha256", "sha384", "sha512")
SIGNATURE = "signature"
MADE = frozenset({"key_id", "timestamp", "nonce", "body_hash"})
"""What is made for a request, beside its signature."""
OF_THE_BODY = frozenset({"body", "body_hash"})
_ENCODE: Mapping[Encoding, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda content: base64.b64encode(content).decode("ascii"),
    "base64url": lambda content: base64.urlsafe_b64encode(content).decode("ascii").rstrip("="),
}
_DECODE: Mapping[SecretEncoding, Callable[[str], bytes]] = {
    "text": str.encode,
    "hex": bytes.fromhex,
    "base64": lambda text: base64.b64decode(text, validate=True),
}


@frozen
class Told:
    """Where something is told, and what: the signature, or what the server needs to make the same one."""

    place: Place
    wording: Wording

    @property
    def is_signature(self) -> bool:
        """Whether the signature is in it."""
        return SIGNATURE in self.wording.names

    def prepare(self, request: httpx.Request, made: Mapping[str, str]) -> None:
        """Tell what may be signed; take away a signature of before."""
        if not self.is_signature:
            self.tell(request, made)
        elif self.place.kind == "query":
            set_parameter(request, self.place.name, None)

    def finish(self, request: httpx.Request, made: Mapping[str, str]) -> None:
        """Tell the signature."""
        if self.is_signature:
            self.tell(request, made)

    def tell(self, request: httpx.Request, made: Mapping[str, str]) -> None:
        """Write it into the request."""
        self.place.put(request, self.wording.filled(lambda name: made[name].encode()).decode())


class HMAC(Scheme):
    """Sign each request with a shared secret, as the API describes it.

    `template` is the text that is signed, in which names in braces stand for parts of the request: `{method}`,
    `{scheme}`, `{host}`, `{path}`, `{query}`, `{sorted_query}`, `{target}` (path and query), `{header.date}` (any
    header), `{body}`, `{body_hash}`, `{timestamp}`, `{nonce}` and `{key_id}`. `headers` and `params` say where the API
    finds what it needs: texts by the names of headers and of parameters of the query, in which `{signature}` and the
    last four may stand. Those without the signature are set first, so that they may be signed.

    `secret` is text, an `EnvVar`, or what a function gives each time, and `secret_encoding` how it is written; `hash`
    is that of the signature and of the body, `encoding` how both are written, and `time` how a moment is. Raises
    ConfigError for a wrong setting, and InputError for a request without a header that is to be signed.
    """

    signs: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913 - what APIs do in different ways, by keyword
        self,
        secret: Value,
        *,
        template: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        key_id: Value | None = None,
        hash: Hash = "sha256",
        encoding: Encoding = "hex",
        secret_encoding: SecretEncoding = "text",  # noqa: S107 - a way to write one
        time: Moment = "seconds",
        clock: Clock | None = None,
    ) -> None:
        refuse_unknown("hash", hash, HASHES)
        refuse_unknown("encoding", encoding, _ENCODE)
        refuse_unknown("secret_encoding", secret_encoding, _DECODE)
        refuse_unknown("time", time, WRITTEN)
        self._hash, self._encode = hash, _ENCODE[encoding]
        self._decode, self._write = _DECODE[secret_encoding], WRITTEN[time]
        self._secret, self._clock = checked_value("secret", secret), clock_or_real("clock", clock)
        self._key_id = None if key_id is None else checked_value("key_id", key_id)
        self._template = Wording.of("template", template, MADE | PARTS.keys() | {OF_A_HEADER})
        self._told = [*told("headers", "header", headers), *told("params", "query", params)]
        self._names = frozenset(self._template.names).union(*(each.wording.names for each in self._told))
        if SIGNATURE not in self._names:
            raise ConfigError("headers, params", "have no place for the signature", "write {signature} into one")
        if "key_id" in self._names and key_id is None:
            raise ConfigError("key_id", "is named in a template, and not set", "pass it")
        if isinstance(secret, str):
            _ = self._decoded(secret)

    @override
    def authenticate(self, request: httpx.Request) -> Flow[None]:
        secret = self._decoded((yield from ask("secret", self._secret)))
        key_id = "" if self._key_id is None else (yield from ask("key_id", self._key_id))
        if not self._names.isdisjoint(OF_THE_BODY):
            yield from whole(request)
        made = self._made(request, key_id)
        for each in self._told:
            each.prepare(request, made)
        text = self._template.filled(lambda name: made[name].encode() if name in made else part(request, name))
        made[SIGNATURE] = self._encode(hmac.digest(secret, text, self._hash))
        for each in self._told:
            each.finish(request, made)

    def _made(self, request: httpx.Request, key_id: str) -> dict[str, str]:
        """What is told of this attempt."""
        moment, nonce = self._write(self._clock.wall()), secrets.token_hex(16)
        made = {"key_id": key_id, "timestamp": moment, "nonce": nonce}
        if "body_hash" in self._names:
            made["body_hash"] = self._encode(hashlib.new(self._hash, request.content).digest())
        return made

    def _decoded(self, secret: str) -> bytes:
        """The secret itself. Raises ConfigError, without showing it."""
        try:
            return self._decode(secret)
        except ValueError:
            raise ConfigError("secret", "is not written in its secret_encoding", "check both") from None


def told(setting: str, kind: Kind, given: Mapping[str, str] | None) -> Iterator[Told]:
    """What is told in headers, or in the query. Raises ConfigError."""
    if given is None:
        return
    if not isinstance(given, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - users write it
        raise ConfigError(setting, f"is of type {type(given).__name__}", "pass a mapping of names to texts")
    for name, text in given.items():
        wording = Wording.of(f"{kind} {name}", checked(f"{kind} {name}", text), MADE | {SIGNATURE})
        is_secret = not {SIGNATURE, "key_id"}.isdisjoint(wording.names)
        yield Told((checked_place if is_secret else plain_place)(kind, name), wording)
