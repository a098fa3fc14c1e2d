"""What a client can be told: one frozen, validated object, filled from class keywords, the constructor and views."""

from __future__ import annotations

import copy
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import attrs
import httpx
from attrs import Attribute, field, frozen
from typing_extensions import override

from restkit import checks
from restkit.codec import JSON, Codec
from restkit.context import CallOptions, Options, ViewOptions
from restkit.errors import ConfigError, InputError
from restkit.flow import Clock, Transport
from restkit.pipeline import Layer
from restkit.policies.checked import (
    CHECK,
    callables,
    check_fields,
    clock,
    cost,
    dice,
    flag,
    layer_list,
    names,
    plain_callables,
    seconds_or_none,
)
from restkit.policies.idempotency import HEADER, header_of
from restkit.redaction import redact_headers, redact_url
from restkit.url import STYLE, QueryStyle

if TYPE_CHECKING:
    import random

    from restkit.admission.breaker import Breaker
    from restkit.admission.limiter import RateLimiter
    from restkit.layers.cookies import CookieJar, Given
    from restkit.layers.hooks import After, Before
    from restkit.layers.observe import Observer
    from restkit.policies.bucket import Limits
    from restkit.policies.bulkhead import Bulkhead
    from restkit.policies.circuit_breaker import CircuitBreaker
    from restkit.policies.hedging import Hedging
    from restkit.policies.retry import Retries
    from restkit.wire.roads import Proxy
    from restkit.wire.tls.certificate import ClientCertificate
    from restkit.wire.tls.identity import Cert, Verify

TransportFactory = Callable[[], Transport]
EventHooks = Mapping[str, Sequence[Callable[..., Any]]]
Mounts = Mapping[str, httpx.BaseTransport | httpx.AsyncBaseTransport | str | httpx.URL | httpx.Proxy | None]


class Keywords(Options, total=False):
    """The settings of a client, as keywords of its class and its constructor: what each means stands in `Settings`."""

    headers: Mapping[str, str]
    params: Mapping[str, object]
    base_url: str | httpx.URL
    allow_insecure: bool
    transport: Transport | TransportFactory
    verify: Verify
    cert: Cert | None
    pins: Iterable[str]
    limits: httpx.Limits
    max_response_bytes: int | None
    rate_limit: Limits | RateLimiter | None
    bulkhead: int | Bulkhead | None
    proxy: str | httpx.URL | httpx.Proxy
    mounts: Mounts
    trust_env: bool
    http2: bool
    query_style: QueryStyle
    user_agent: str
    default_encoding: str
    codec: Codec
    error_model: Any
    redirects: bool | int
    cookies: bool | Mapping[str, str] | CookieJar
    breaker: bool | CircuitBreaker | Breaker | None
    event_hooks: EventHooks
    before: Sequence[Before]
    after: Sequence[After]
    observers: Sequence[Observer]
    layers: Sequence[Layer]
    attempt_layers: Sequence[Layer]
    redact: Iterable[str]
    clock: Clock
    dice: random.Random


def cookies(name: str, value: object) -> CookieJar | Given | bool:
    """Whether there is a jar, and what is in it."""
    if isinstance(value, bool):
        return value
    from restkit.layers.cookies import checked_cookies

    return checked_cookies(name, value)


@frozen(kw_only=True, repr=False, eq=False)
class Settings:
    """The settings of a client. Each can be a class keyword or an argument of the constructor; the latter goes first.

    Raises ConfigError for a wrong value, naming the setting, the reason and the remedy.
    """

    base_url: httpx.URL | None = field(default=None, metadata={CHECK: checks.base_url})
    """What relative paths are relative to: http or https, with a path if you like, without a query."""
    auth: httpx.Auth | None = field(default=None, repr=False, metadata={CHECK: checks.auth})
    """Who calls: any httpx.Auth, such as `Bearer(token)`, or a user name and a password. Goes to the origin of
    `base_url` only."""
    allow_insecure: bool = field(default=False, metadata={CHECK: flag})
    """Whether credentials may go over plain http to another machine."""
    transport: Transport | TransportFactory | None = None
    """Any httpx transport, or a function that makes one for each event loop. By default a WireTransport."""
    verify: bool | str | ssl.SSLContext = field(default=True, metadata={CHECK: checks.verify})
    """Whether certificates are verified; or the path of authorities; or the TLS context to use. False warns."""
    cert: ClientCertificate | None = field(default=None, metadata={CHECK: checks.cert})
    """The client's own certificate: a path, or (path, key) or (path, key, password), of files in PEM."""
    pins: tuple[str, ...] = field(default=(), metadata={CHECK: checks.pins})
    """Hashes of public keys, of which a server must show one: what `restkit.pin_of` answers."""
    limits: httpx.Limits = field(
        default=httpx.Limits(max_connections=100, max_keepalive_connections=100),
        metadata={CHECK: checks.limits},
    )
    """The size of the connection pool."""
    proxy: str | httpx.URL | httpx.Proxy | Proxy | None = field(default=None, metadata={CHECK: checks.proxy})
    """The proxy for every request: an http, https, socks5 or socks5h URL, or an httpx.Proxy."""
    mounts: Mounts | None = field(default=None, metadata={CHECK: checks.mounts})
    """A transport, a proxy, or None for neither, by patterns of URLs as httpx has them, which go before `proxy`."""
    trust_env: bool = field(default=False, metadata={CHECK: flag})
    """Whether the environment is read, when the client is made: for proxies, authorities and a log of keys."""
    http2: bool = field(default=False, metadata={CHECK: checks.http2})
    """Whether HTTP/2 is spoken with https servers that want it. Needs `restkit-httpx[http2]`."""
    max_response_bytes: int | None = field(default=32 * 2**20, metadata={CHECK: checks.most_bytes})
    """The most that a body may have, decoded, in bytes; None for any size. Not for bodies that are streamed. A
    WireTransport with a cap of its own keeps that."""
    timeout: httpx.Timeout = field(
        default=httpx.Timeout(connect=5, read=30, write=30, pool=10),
        metadata={CHECK: checks.timeout},
    )
    """Seconds for connecting, reading, writing and the pool; one number for all, or httpx.Timeout."""
    attempt_timeout: float | None = field(default=None, metadata={CHECK: seconds_or_none})
    """Seconds for one attempt; None for no limit but the deadline."""
    deadline: float | None = field(default=60.0, metadata={CHECK: seconds_or_none})
    """Seconds for a whole call, with all its waits and attempts; None for no limit."""
    retry: Retries = field(default=True, metadata={CHECK: checks.retry})
    """When a call is sent again: a RetryPolicy, a number of attempts, or False for never."""
    idempotency: bool | str = field(default=False, metadata={CHECK: checks.idempotency})
    """Whether each POST and PATCH has an idempotency key; or the name of the header that it stands in."""
    rate_limit: Limits | RateLimiter | None = field(default=None, metadata={CHECK: checks.rate_limit})
    """How many requests a second go to a server; or a limit, a list of limits, a RateLimiter; None for any number."""
    cost: float = field(default=1.0, metadata={CHECK: cost})
    """How many requests each one counts for in the rate limit."""
    bulkhead: int | Bulkhead | None = field(default=20, metadata={CHECK: checks.bulkhead})
    """How many requests are in flight to a server at once, or a Bulkhead; None or False for any number."""
    compress: Literal["gzip"] | None = field(default=None, metadata={CHECK: checks.compress})
    """How a request body of more than 1 KiB is compressed; None for not at all."""
    hedge: Hedging | None = field(default=None, metadata={CHECK: checks.hedge})
    """Whether and how slow calls that may be sent twice are sent once more: True, seconds, or `Hedging`."""
    headers: httpx.Headers = field(factory=httpx.Headers, metadata={CHECK: checks.headers})
    """Sent with every call."""
    params: Mapping[str, object] = field(factory=dict[str, object], metadata={CHECK: checks.params})
    """Query parameters sent with every call."""
    query_style: QueryStyle = field(default=STYLE, metadata={CHECK: checks.query_style})
    """How lists and objects are written into queries; a call's own goes first."""
    user_agent: str = field(default="restkit", metadata={CHECK: checks.user_agent})
    """The User-Agent header."""
    default_encoding: str = field(default="utf-8", metadata={CHECK: checks.encoding})
    """What text is read as when the answer does not say."""
    codec: Codec = field(factory=JSON, metadata={CHECK: checks.codec})
    """Bytes to values and back."""
    error_model: Any = None
    """The type of the API's own error bodies: what `StatusError.data` becomes."""
    redirects: int = field(default=0, metadata={CHECK: checks.redirects})
    """The most redirects that a call follows; True for 20. By default none, and a 3xx is an answer."""
    follow_redirects: bool | None = field(default=None, metadata={CHECK: checks.flag_or_none})
    """As httpx has it: whether redirects are followed. None for what `redirects` says."""
    cookies: CookieJar | Given | bool = field(default=False, metadata={CHECK: cookies})
    """Whether cookies are kept and sent back: True, a mapping of those to begin with, or a CookieJar to share."""
    breaker: CircuitBreaker | Breaker | None = field(default=None, metadata={CHECK: checks.breaker})
    """When calls stop being sent to an origin that is not well: True, a CircuitBreaker, or a Breaker to share."""
    event_hooks: EventHooks = field(factory=dict[str, Any], metadata={CHECK: checks.event_hooks})
    """The event hooks of httpx: called for each hop, they may change the request or response, and raise."""
    before: Sequence[Before] = field(default=(), metadata={CHECK: callables})
    """Called with the request once a call; they may change it, and raise."""
    after: Sequence[After] = field(default=(), metadata={CHECK: callables})
    """Called with the response once a call; they may change it, and raise."""
    observers: Sequence[Observer] = field(default=(), metadata={CHECK: plain_callables})
    """Told of the beginning and end of each call and attempt; they cannot change anything."""
    layers: Sequence[Layer] = field(default=(), metadata={CHECK: layer_list})
    """Layers of your own around the call."""
    attempt_layers: Sequence[Layer] = field(default=(), metadata={CHECK: layer_list})
    """Layers of your own around each attempt."""
    redact: frozenset[str] = field(default=frozenset(), metadata={CHECK: names})
    """Names of further headers, parameters and fields that hold secrets."""
    clock: Clock = field(factory=Clock, metadata={CHECK: clock})
    """What waits are measured by."""
    dice: random.Random | None = field(default=None, metadata={CHECK: dice})
    """What jitter is rolled with; None for dice of the client's own. A seeded one makes a run repeatable."""

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    def with_keywords(self, keywords: Keywords) -> Self:
        """These settings with some replaced; headers and parameters are added to those there are.

        Raises ConfigError for an unknown name or a wrong value.
        """
        refuse_unknown(keywords, NAMES)
        if not keywords:
            return self
        given: dict[str, Any] = {**keywords}  # what they are becomes what `Settings` holds by its checks
        made = self.replaced({name: _CHECKS.get(name, unchecked)(name, value) for name, value in given.items()})
        if made.transport is not None:
            refuse_beside(given)
        headers = self.headers.copy()
        headers.update(made.headers)
        refuse_key(headers, made.idempotency)
        return made.replaced({"headers": headers, "params": {**self.params, **made.params}})

    def replaced(self, values: Mapping[str, object]) -> Self:
        """These settings with some replaced by values that have been checked."""
        made = copy.copy(self)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made

    @override
    def __repr__(self) -> str:
        shown = [
            f"{each.name}={show(getattr(self, each.name), self.redact)}"
            for each in attrs.fields(type(self))
            if getattr(self, each.name) != default_of(each) and each.name not in {"clock", "codec", "dice"}
        ]
        return f"Settings({', '.join(shown)})"


NAMES = tuple(each.name for each in attrs.fields(Settings))
CALL_OPTIONS = tuple(CallOptions.__annotations__)
VIEW_OPTIONS = (*CALL_OPTIONS, *ViewOptions.__annotations__)


OF_ONE_CALL: dict[str, Callable[[str, Any], object]] = {"idempotency_key": checks.idempotency_key}
"""Options that are no settings, and how they are checked."""


def unchecked(_: str, value: object) -> object:
    """What may be anything."""
    return value


def default_of(attribute: Attribute[Any]) -> object:
    """What a setting is when nobody sets it."""
    default: Any = attribute.default
    return default.factory() if hasattr(default, "factory") else default


def show(value: object, declared: frozenset[str]) -> str:
    """A setting's value, without secrets."""
    if isinstance(value, httpx.Headers):
        return repr(redact_headers(value.multi_items(), declared))
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value).items()
        return repr(redact_headers([(name, str(said)) for name, said in pairs], declared))
    return repr(redact_url(str(value), declared)) if isinstance(value, httpx.URL) else repr(value)


def refuse_unknown(keywords: Iterable[str], known: Sequence[str]) -> None:
    """Raise ConfigError for the first keyword that is no setting."""
    for name in keywords:
        if name not in known:
            import difflib

            close = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise ConfigError(name, "is no setting here", remedy)


def check_call(options: Mapping[str, Any] | CallOptions) -> CallOptions:
    """The options of a call, validated as the settings of the same names are.

    Raises InputError, naming the option, the reason and the remedy.
    """
    return cast("CallOptions", _checked(options, CALL_OPTIONS))  # the same names


def check_view(options: ViewOptions) -> ViewOptions:
    """The options of a view, validated as the settings of the same names are.

    Raises InputError, naming the option, the reason and the remedy.
    """
    return cast("ViewOptions", _checked(options, VIEW_OPTIONS))  # the same names


def of_the_call(options: ViewOptions) -> CallOptions:
    """The options of a view that the layers read; the rest is in its headers and parameters."""
    chosen = {name: value for name, value in options.items() if name in CALL_OPTIONS}
    return cast("CallOptions", chosen)  # by their names


def _checked(options: Mapping[str, Any] | CallOptions, known: Sequence[str]) -> dict[str, Any]:
    asked: Mapping[str, Any] = options
    try:
        refuse_unknown(asked, known)
        return {name: _CHECKS[name](name, value) for name, value in asked.items()}
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None


def refuse_beside(given: Mapping[str, Any]) -> None:
    """Raise ConfigError for what no transport but a client's own can be told.

    Of a class, it may stand beside a transport that is given later: so an SDK is tested.
    """
    for name in ("cert", "pins", "proxy", "mounts", "trust_env", "http2"):
        if given.get(name):
            raise ConfigError(name, "is set together with transport", "tell it to the transport, or bring none")


def refuse_key(headers: httpx.Headers, idempotency: bool | str) -> None:  # noqa: FBT001 - a setting
    """Raise ConfigError for an idempotency key that each call would have: only the first would be carried out."""
    for name in (HEADER, header_of(idempotency)):
        if name in headers:
            raise ConfigError(f"headers[{name!r}]", "would be the key of each call", "pass idempotency_key to a call")


_CHECKS: Mapping[str, Callable[[str, Any], object]] = OF_ONE_CALL | {
    each.name: each.metadata[CHECK] for each in attrs.fields(Settings) if CHECK in each.metadata
}
"""How each option is checked, by its name."""
