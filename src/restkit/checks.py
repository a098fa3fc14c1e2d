"""What users write into settings, checked: each function takes the setting's name and what was written.

They raise ConfigError, naming the setting, the reason and the remedy.
"""

from __future__ import annotations

import codecs
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, cast

import httpx

from restkit import url
from restkit.errors import ConfigError, InputError
from restkit.policies.checked import callables, count, flag, seconds, seconds_or_none, text
from restkit.policies.counts import DEFAULT_SIZE
from restkit.policies.field_name import FRAMING, TOKEN

if TYPE_CHECKING:
    from restkit.admission.breaker import Breaker
    from restkit.admission.limiter import RateLimiter
    from restkit.policies.bucket import Limits
    from restkit.policies.bulkhead import Bulkhead
    from restkit.policies.circuit_breaker import CircuitBreaker
    from restkit.policies.hedging import Hedging
    from restkit.policies.retry import RetryPolicy
    from restkit.wire.tls.certificate import ClientCertificate

EVENTS = frozenset({"request", "response"})
FOR_HOSTS = frozenset({"idna", "punycode"})
"""Encodings of Python's that are for host names alone."""
_ANY_STYLE = url.QueryStyle(lists="indices", objects="brackets")
"""Writes all that any style can; which one it will be, each call says."""


def timeout(name: str, value: object) -> httpx.Timeout:
    """A number of seconds for all four steps, or an httpx.Timeout that sets them apart."""
    if value is None:
        raise ConfigError(name, "is None", "to wait without limit pass httpx.Timeout(None)")
    if not isinstance(value, httpx.Timeout):
        return httpx.Timeout(seconds(name, value))
    for step, limit in value.as_dict().items():
        _ = seconds_or_none(f"{name}.{step}", limit)
    return value


def hedge(name: str, value: object) -> Hedging | None:
    """How slow calls are sent once more: True, seconds, or a Hedging; or None, of False as well."""
    if value is None or value is False:
        return None
    from restkit.policies.hedging import Hedging

    if isinstance(value, Hedging):
        return value
    if value is True:
        return Hedging()
    return Hedging(seconds(name, value))


def headers(name: str, value: Any) -> httpx.Headers:  # noqa: ANN401 - as httpx takes them
    """Header names and values that may go over the wire (RFC 9110, section 5)."""
    try:
        made = httpx.Headers(value)
    except (TypeError, ValueError, AttributeError):
        raise ConfigError(name, "cannot be headers", "pass a mapping of text to text") from None
    for field, said in made.multi_items():
        if not field or not TOKEN.issuperset(field):
            raise ConfigError(f"{name}[{field!r}]", "is no header name", "use letters, digits and dashes")
        if field.lower() in FRAMING:
            raise ConfigError(f"{name}[{field!r}]", "is set by the transport", "leave it out")
        if said != said.strip() or not said.isprintable():
            raise ConfigError(f"{name}[{field!r}]", "has spaces around it or control characters in it", "strip it")
    return made


def base_url(_: str, value: str | httpx.URL | None) -> httpx.URL | None:
    """An http or https URL with a host, and without user info, query and fragment."""
    return None if value is None else url.base_url(value)


def user_agent(name: str, value: object) -> str:
    """A header value of visible ASCII."""
    said = text(name, value)
    if said != said.strip() or not said.isascii():
        raise ConfigError(name, "has spaces around it or is not ASCII", "use letters, digits and marks")
    return said


def codec(name: str, value: Any) -> Any:  # noqa: ANN401 - a Codec, which settings name
    """Something that reads and writes bodies."""
    if not all(callable(getattr(value, method, None)) for method in ("decoder", "encode")):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass a codec, such as restkit.JSON()")
    return value


def encoding(name: str, value: object) -> str:
    """The name of a text encoding that Python knows, or that the program has registered."""
    try:
        _ = b"\xff".decode(text(name, value), "replace")
        _ = codecs.getincrementaldecoder(text(name, value))
        known = codecs.lookup(text(name, value)).name not in FOR_HOSTS
    except (LookupError, UnicodeError):
        known = False
    if not known:
        raise ConfigError(name, f"is {value!r}, which is no encoding", "pass one such as utf-8")
    return text(name, value)


def verify(name: str, value: object) -> bool | str | ssl.SSLContext:
    """True, False, the path of authorities, or a TLS context."""
    if isinstance(value, bool | ssl.SSLContext):
        return value
    from restkit.wire.tls.identity import checked_verify

    return checked_verify(name, value)


def cert(name: str, value: object) -> ClientCertificate | None:
    """The path of a client certificate, with those of its key and the password, or None."""
    if value is None:
        return None
    from restkit.wire.tls.certificate import checked_certificate

    return checked_certificate(name, value)


def pins(name: str, value: object) -> tuple[str, ...]:
    """Pins of public keys."""
    if value == ():
        return ()
    from restkit.wire.tls.pins import checked_pins

    return checked_pins(name, value)


def proxy(name: str, value: object) -> object:
    """A proxy, read, so that its credentials are not shown."""
    if value is None:
        return None
    from restkit.wire.roads import proxy_of

    return proxy_of(name, value)


def mounts(_: str, value: object) -> object:
    """Patterns of URLs, and a transport, a proxy or None for each."""
    if value is None:
        return None
    from restkit.wire.roads import read_mounts

    return read_mounts(value)


def flag_or_none(name: str, value: object) -> bool | None:
    """True or False, or None for what other settings say."""
    return None if value is None else flag(name, value)


def redirects(name: str, value: object) -> int:
    """The most hops: a number, or True for the usual one."""
    from restkit.policies.hop import checked_hops

    return checked_hops(name, value)


def http2(_: str, value: object) -> bool:
    """True, where the package is installed, or False."""
    if value is False:
        return False
    from restkit.wire.roads import check_http2

    check_http2(http2=value)
    return value is True


def limits(name: str, value: object) -> httpx.Limits:
    """The size of a connection pool."""
    if not isinstance(value, httpx.Limits):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass an httpx.Limits")
    return value


def most_bytes(name: str, value: object) -> int | None:
    """A number of bytes, or None for any."""
    from restkit.wire.cap import checked_cap

    return checked_cap(name, value)


def breaker(name: str, value: object) -> CircuitBreaker | Breaker | None:
    """When calls stop being sent; True for the usual, None or False for never."""
    if value is None or value is False:
        return None
    from restkit.admission.breaker import Breaker
    from restkit.policies.circuit_breaker import CircuitBreaker

    if value is True:
        return CircuitBreaker()
    if not isinstance(value, CircuitBreaker | Breaker):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass True or a restkit.CircuitBreaker")
    return value


def rate_limit(name: str, value: object) -> Limits | RateLimiter | None:
    """A number of requests a second, a limit, a list of limits, a RateLimiter, or None."""
    if value is None:
        return None
    from restkit.admission.limiter import RateLimiter
    from restkit.policies.bucket import checked_limits

    return value if isinstance(value, RateLimiter) else checked_limits(name, value)


def bulkhead(name: str, value: object) -> int | Bulkhead | None:
    """A number of requests in flight, or a Bulkhead; True for 20, and None or False for any number."""
    if value is None or value is False:
        return None
    if value is True or value == DEFAULT_SIZE:
        return DEFAULT_SIZE
    from restkit.policies.bulkhead import Bulkhead

    return value if isinstance(value, Bulkhead) else count(name, value)


def event_hooks(name: str, value: object) -> dict[str, tuple[Any, ...]]:
    """The event hooks of httpx: functions for "request" and for "response"."""
    if not isinstance(value, Mapping) or not EVENTS.issuperset(cast("Mapping[str, object]", value)):
        raise ConfigError(name, "has another form", 'write {"request": [function], "response": [function]}')
    found = cast("Mapping[str, object]", value)
    return {event: callables(f"{name}[{event!r}]", functions) for event, functions in found.items()}


def params(name: str, value: object) -> dict[str, object]:
    """Query parameters that can be written."""
    if not isinstance(value, Mapping):
        raise ConfigError(name, "is no mapping", "pass a mapping of names to values")
    found = cast("Mapping[str, object]", value)
    try:
        _ = url.encode_query(found, _ANY_STYLE)
    except InputError as error:
        where = repr(error.field) if error.field in found else error.field
        raise ConfigError(f"{name}[{where}]", error.reason, error.remedy) from None
    return dict(found)


def retry(name: str, value: object) -> RetryPolicy | bool:
    """When a call is sent again. What most clients have is made when it is first needed."""
    if value is True or value is False or value is None:
        return value is True
    from restkit.policies.retry import retry_policy

    return retry_policy(name, value) or False


def idempotency(name: str, value: object) -> bool | str:
    """Whether writes have keys, or the name of the header that they stand in."""
    from restkit.policies.idempotency import checked_keys

    return checked_keys(name, value)


def idempotency_key(name: str, value: object) -> str:
    """An idempotency key of the caller's own."""
    from restkit.policies.idempotency import checked_key

    return checked_key(name, value)


def auth(name: str, value: object) -> httpx.Auth | None:
    """Any httpx.Auth, or a user name and a password for Basic; or None, of False as well."""
    if value is None or value is False or isinstance(value, httpx.Auth):
        return value or None
    if is_pair(value):
        from restkit.auth.basic import Basic

        return Basic(*value)
    raise ConfigError(name, f"is of type {type(value).__name__}", "pass an httpx.Auth, such as restkit.Bearer(token)")


def is_pair(value: object) -> TypeGuard[tuple[Any, Any]]:
    """Whether it is a user name and a password."""
    return isinstance(value, tuple) and len(cast("tuple[object, ...]", value)) == len(("user", "password"))


def compress(name: str, value: object) -> Literal["gzip"] | None:
    """A content coding that request bodies can be sent in."""
    if value is None or value == "gzip":
        return None if value is None else "gzip"
    raise ConfigError(name, "is no content coding that can be sent", "pass 'gzip' or None")


def query_style(name: str, value: object) -> url.QueryStyle:
    """How lists and objects are written into queries."""
    if not isinstance(value, url.QueryStyle):
        raise ConfigError(name, f"is of type {type(value).__name__}", "pass a restkit.QueryStyle")
    return value
