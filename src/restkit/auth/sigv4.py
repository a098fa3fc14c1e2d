"""SigV4: AWS Signature Version 4, in a header or in the query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, NamedTuple, NoReturn

import httpx
from attrs import field, frozen
from typing_extensions import override

from restkit.credentials.scheme import Scheme, whole
from restkit.credentials.secret import Value, ask, checked_value
from restkit.errors import ConfigError
from restkit.flow import Ask, Clock, Flow
from restkit.policies import canonical_request as canonical
from restkit.policies.checked import CHECK, check_fields, clock_or_real, flag
from restkit.policies.checked import whole as whole_number
from restkit.policies.sent import TARGET, fields, rewrite, target
from restkit.policies.sigv4 import ALGORITHM, UNSIGNED_PAYLOAD, Scope, amz_date, hashed, signature, string_to_sign

S3 = frozenset({"s3", "s3-object-lambda", "s3-outposts"})
"""Services that take paths as they are sent, and want to be told the hash of the body."""
LONGEST = 604_800
"""Seconds that a signature in a query may be good for: a week."""
_OF_A_QUERY = ("Algorithm", "Credential", "Date", "Expires", "Security-Token", "Signature", "SignedHeaders")
_NAMES_OF_A_QUERY = frozenset(f"X-Amz-{name}" for name in _OF_A_QUERY)


def token_or_none(name: str, given: object) -> Value | None:
    """A session token, if there is one. Raises ConfigError."""
    return None if given is None else checked_value(name, given)


@frozen
class AccessKey:
    """An access key of AWS: its id, its secret, and the session token of one that is good for a while.

    Each is text, an `EnvVar`, or what a function gives each time. None of them is shown. Raises ConfigError.
    """

    id: Value = field(metadata={CHECK: checked_value}, repr=False)
    secret: Value = field(metadata={CHECK: checked_value}, repr=False)
    token: Value | None = field(default=None, metadata={CHECK: token_or_none}, repr=False)

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def read(self) -> Flow[Read]:
        """Its parts, as they are now."""
        key, secret = (yield from ask("id", self.id)), (yield from ask("secret", self.secret))
        return Read(key, secret, None if self.token is None else (yield from ask("token", self.token)))

    @override
    def __getstate__(self) -> NoReturn:
        raise TypeError("an AccessKey is not pickled, since it is a secret: make it anew where it is needed")


class Read(NamedTuple):
    """An access key at one moment."""

    id: str
    secret: str
    token: str | None


class SigV4(Scheme):
    """Sign each request for a service of AWS, or one that is compatible, by AWS Signature Version 4.

    `key` is an AccessKey, or a function that gives the present one, plain or asynchronous. The signature covers the
    method, the URL, the body and all headers that nobody on the way changes, and stands in `Authorization`. With
    `query` it stands in the URL, good for `expires` seconds. `signs_body=False` leaves the body out, which S3 allows
    for one that is too large to be read twice. The URL is sent in AWS's own spelling, in which all but unreserved
    characters are escaped; for all services but S3 its path is read without empty and dot segments.
    """

    signs: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913 - what a signature consists of, by keyword
        self,
        key: AccessKey | Callable[[], AccessKey | Awaitable[AccessKey]],
        *,
        region: str,
        service: str,
        query: bool = False,
        expires: int = 3600,
        signs_body: bool = True,
        clock: Clock | None = None,
    ) -> None:
        self._key = checked_key(key)
        self._region, self._service = name_of("region", region), name_of("service", service)
        self._query, self._signs_body = flag("query", query), flag("signs_body", signs_body)
        self._expires = whole_number("expires", expires, "pass 1 to 604800 seconds, a week", least=1, most=LONGEST)
        self._clock = clock_or_real("clock", clock)

    @property
    def _is_s3(self) -> bool:
        return self._service in S3

    @override
    def authenticate(self, request: httpx.Request) -> Flow[None]:
        key = yield from (yield from self._present()).read()
        if self._hashes_body:
            yield from whole(request)
        if TARGET not in request.extensions:  # which somebody wants sent as it is
            rewrite(request, canonical.spelled(target(request)))
        date = amz_date(self._clock.wall())
        if self._query:
            self._sign_query(request, key, date)
        else:
            self._sign_header(request, key, date)

    def _present(self) -> Flow[AccessKey]:
        """The key that is to be used now."""
        if isinstance(self._key, AccessKey):
            return self._key
        given: object = yield from Ask[object].of(self._key)
        if not isinstance(given, AccessKey):
            raise ConfigError("key", f"is a function that gives a {type(given).__name__}", "give an AccessKey")
        return given

    @property
    def _hashes_body(self) -> bool:
        return self._signs_body and not (self._query and self._is_s3)

    def _sign_header(self, request: httpx.Request, key: Read, date: str) -> None:
        body, headers = self._body(request), request.headers
        headers["X-Amz-Date"] = date
        if key.token is None:
            _ = headers.pop("X-Amz-Security-Token", None)
        else:
            headers["X-Amz-Security-Token"] = key.token
        if self._is_s3 or body == UNSIGNED_PAYLOAD:
            headers["X-Amz-Content-Sha256"] = body
        parts = {
            "Credential": f"{key.id}/{self._scope(date)}",
            "SignedHeaders": canonical.names_of(canonical.canonical_headers(fields(request))),
            "Signature": self._signature(request, key, date),
        }
        said = ", ".join(f"{name}={value}" for name, value in parts.items())
        headers["Authorization"] = f"{ALGORITHM} {said}"

    def _sign_query(self, request: httpx.Request, key: Read, date: str) -> None:
        path, _, query = target(request).partition("?")
        kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in _NAMES_OF_A_QUERY]
        said = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{key.id}/{self._scope(date)}",
            "X-Amz-Date": date,
            "X-Amz-Expires": str(self._expires),
            "X-Amz-SignedHeaders": canonical.names_of(canonical.canonical_headers(fields(request))),
            **({} if key.token is None else {"X-Amz-Security-Token": key.token}),
        }
        kept += [f"{name}={canonical.escaped(value)}" for name, value in said.items()]
        rewrite(request, f"{path}?{'&'.join(kept)}")
        rewrite(request, f"{target(request)}&X-Amz-Signature={self._signature(request, key, date)}")

    def _signature(self, request: httpx.Request, key: Read, date: str) -> str:
        headers, body = canonical.canonical_headers(fields(request)), self._body(request)
        said = canonical.canonical_request(request.method, target(request), headers, body, is_s3=self._is_s3)
        scope = self._scope(date)
        return signature(key.secret, scope, string_to_sign(date, scope, said))

    def _scope(self, date: str) -> Scope:
        return Scope(date[:8], self._region, self._service)

    def _body(self, request: httpx.Request) -> str:
        return hashed(request.content) if self._hashes_body else UNSIGNED_PAYLOAD


def checked_key(given: object) -> AccessKey | Callable[[], object]:
    """An access key, or a function that gives one. Raises ConfigError."""
    if not isinstance(given, AccessKey) and not callable(given):
        raise ConfigError("key", f"is of type {type(given).__name__}", "pass an AccessKey, or a function for it")
    return given


def name_of(name: str, given: object) -> str:
    """A region or a service. Raises ConfigError."""
    if not isinstance(given, str) or not given.replace("-", "").isalnum() or not given.isascii():
        raise ConfigError(name, "is no name of letters, digits and dashes", "pass one like 'us-east-1' or 's3'")
    return given
