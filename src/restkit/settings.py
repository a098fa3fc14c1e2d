"""What a client can be told: one frozen, validated object, filled from class keywords, the constructor and views."""

from __future__ import annotations

import difflib
import inspect
import math
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import attrs
import httpx
from attrs import Attribute, Converter, field, frozen
from typing_extensions import override

from restkit import url
from restkit.codec import JSON, Codec
from restkit.context import CallOptions, ViewOptions
from restkit.errors import ConfigError, InputError
from restkit.flow import Clock, Transport
from restkit.layers import Observer
from restkit.layers.hooks import After, Before
from restkit.pipeline import Layer
from restkit.redaction import redact_headers, redact_url

Hooks = Mapping[str, Sequence[Callable[..., Any]]]
TransportFactory = Callable[[], Transport]


class Keywords(ViewOptions, total=False):
    """The settings of a client, as keywords of its class and of its constructor. What each means stands in `Settings`."""

    base_url: str | httpx.URL
    transport: Transport | TransportFactory
    verify: bool | ssl.SSLContext
    limits: httpx.Limits
    user_agent: str
    default_encoding: str
    codec: Codec
    error_model: Any
    event_hooks: Hooks
    before: Sequence[Before]
    after: Sequence[After]
    observers: Sequence[Observer]
    layers: Sequence[Layer]
    attempt_layers: Sequence[Layer]
    redact: Sequence[str]
    clock: Clock


def seconds(value: Any, attribute: Attribute[Any]) -> float:  # noqa: ANN401 - whatever the user wrote
    """A positive, finite number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(attribute.name, f"is of type {type(value).__name__}", "pass a number of seconds")
    if not (math.isfinite(value) and value > 0):
        raise ConfigError(attribute.name, f"is {value}", "pass a number of seconds above 0")
    return float(value)


def seconds_or_none(value: Any, attribute: Attribute[Any]) -> float | None:  # noqa: ANN401 - whatever the user wrote
    """A positive, finite number of seconds, or None for no limit."""
    return None if value is None else seconds(value, attribute)


def timeout(value: Any, attribute: Attribute[Any]) -> httpx.Timeout:  # noqa: ANN401 - whatever the user wrote
    """A number of seconds for all four steps, or an httpx.Timeout that sets them apart."""
    if not isinstance(value, httpx.Timeout):
        if value is None:
            raise ConfigError(attribute.name, "is None", "to wait without limit pass httpx.Timeout(None)")
        return httpx.Timeout(seconds(value, attribute))
    for step, limit in value.as_dict().items():
        if limit is not None:
            _ = seconds(limit, attribute.evolve(name=f"{attribute.name}.{step}"))
    return value


def headers(value: Any, attribute: Attribute[Any]) -> httpx.Headers:  # noqa: ANN401 - whatever the user wrote
    """Header names and values that may go over the wire."""
    try:
        made = httpx.Headers(value)
    except (TypeError, ValueError, AttributeError):
        raise ConfigError(attribute.name, "cannot be headers", "pass a mapping of text to text") from None
    for name, said in made.multi_items():
        if not name or not set(name) <= TOKEN:
            raise ConfigError(f"{attribute.name}[{name!r}]", "is no header name", "use letters, digits and dashes")
        if said != said.strip() or any(mark in said for mark in "\r\n\0"):
            raise ConfigError(
                f"{attribute.name}[{name!r}]", "begins or ends with a space, or holds a line break", "strip the value"
            )
    return made


TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""The characters of a header name (RFC 9110, section 5.6.2)."""


def callables(value: Any, attribute: Attribute[Any]) -> tuple[Any, ...]:  # noqa: ANN401 - whatever the user wrote
    """A sequence of functions."""
    if callable(value) or not isinstance(value, Sequence) or not all(map(callable, value)):
        raise ConfigError(attribute.name, "is no list of callables", f"write {attribute.name}=[function]")
    return tuple(value)


def plain_callables(value: Any, attribute: Attribute[Any]) -> tuple[Any, ...]:  # noqa: ANN401 - whatever the user wrote
    """A sequence of functions that do not have to be awaited."""
    for function in (found := callables(value, attribute)):
        if is_async(function):
            raise ConfigError(attribute.name, "holds an asynchronous function", "observers are plain functions")
    return found


def hooks(value: Any, attribute: Attribute[Any]) -> dict[str, tuple[Any, ...]]:  # noqa: ANN401 - whatever the user wrote
    """Httpx's event hooks: functions for "request" and for "response"."""
    if not isinstance(value, Mapping) or not set(value) <= {"request", "response"}:
        raise ConfigError(attribute.name, "has another form", 'write {"request": [function], "response": [function]}')
    return {
        event: callables(functions, attribute.evolve(name=f"{attribute.name}[{event!r}]"))
        for event, functions in value.items()
    }


def params(value: Any, attribute: Attribute[Any]) -> dict[str, object]:  # noqa: ANN401 - whatever the user wrote
    """Query parameters that can be written."""
    if not isinstance(value, Mapping):
        raise ConfigError(attribute.name, "is no mapping", "pass a mapping of names to values")
    try:
        _ = url.encode_query(value)
    except InputError as error:
        raise ConfigError(f"{attribute.name}[{error.field!r}]", error.reason, error.remedy) from None
    return dict(value)


def names(value: Any, attribute: Attribute[Any]) -> frozenset[str]:  # noqa: ANN401 - whatever the user wrote
    """Names of headers, parameters and fields, in any case."""
    if isinstance(value, str) or not all(isinstance(name, str) for name in value):
        raise ConfigError(attribute.name, "is no list of names", f'write {attribute.name}=["x-my-secret"]')
    return frozenset(name.lower() for name in value)


def _by(check: Callable[[Any, Attribute[Any]], Any]) -> Converter[Any, Any]:
    return Converter(check, takes_field=True)  # type: ignore[call-overload,no-any-return] # attrs' stub has no name for it


@frozen(kw_only=True, repr=False)
class Settings:
    """The settings of a client. Each can be a class keyword or an argument of the constructor; the latter goes first.

    Raises ConfigError for a wrong value, naming the setting, the reason and the remedy.
    """

    base_url: httpx.URL | None = field(default=None, converter=attrs.converters.optional(url.base_url))
    """What relative paths are relative to: http or https, with a path if you like, without a query."""
    transport: Transport | TransportFactory | None = None
    """Any httpx transport, or a function that makes one for each event loop. By default httpx's own."""
    verify: bool | ssl.SSLContext = True
    """Whether certificates are verified, or the TLS context to use. False warns."""
    limits: httpx.Limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    """The size of the connection pool."""
    timeout: httpx.Timeout = field(default=httpx.Timeout(connect=5, read=30, write=30, pool=10), converter=_by(timeout))
    """Seconds for connecting, reading, writing and the pool; one number for all, or httpx.Timeout."""
    attempt_timeout: float | None = field(default=None, converter=_by(seconds_or_none))
    """Seconds for one attempt; None for no limit but the deadline."""
    deadline: float | None = field(default=60.0, converter=_by(seconds_or_none))
    """Seconds for a whole call, with all its waits and attempts; None for no limit."""
    headers: httpx.Headers = field(factory=httpx.Headers, converter=_by(headers))
    """Sent with every call."""
    params: Mapping[str, object] = field(factory=dict, converter=_by(params))
    """Query parameters sent with every call."""
    user_agent: str = "restkit"
    """The User-Agent header."""
    default_encoding: str = "utf-8"
    """What text is read as when the answer does not say."""
    codec: Codec = field(factory=JSON)
    """Bytes to values and back."""
    error_model: Any = None
    """The type of the API's own error bodies: what `StatusError.data` becomes."""
    event_hooks: Mapping[str, Sequence[Callable[..., Any]]] = field(factory=dict, converter=_by(hooks))
    """httpx's event hooks: called for each hop, they may change the request or response, and raise."""
    before: Sequence[Before] = field(default=(), converter=_by(callables))
    """Called with the request once a call; they may change it, and raise."""
    after: Sequence[After] = field(default=(), converter=_by(callables))
    """Called with the response once a call; they may change it, and raise."""
    observers: Sequence[Observer] = field(default=(), converter=_by(plain_callables))
    """Told of the beginning and end of each call and attempt; they cannot change anything."""
    layers: Sequence[Layer] = field(default=(), converter=_by(callables))
    """Layers of your own around the call."""
    attempt_layers: Sequence[Layer] = field(default=(), converter=_by(callables))
    """Layers of your own around each attempt."""
    redact: frozenset[str] = field(default=frozenset(), converter=_by(names))
    """Names of further headers, parameters and fields that hold secrets."""
    clock: Clock = field(factory=Clock)
    """What waits are measured by."""

    def with_keywords(self, **keywords: Any) -> Self:  # noqa: ANN401 - checked field by field
        """These settings with some replaced. Raises ConfigError for an unknown name or a wrong value."""
        refuse_unknown(keywords, [each.name for each in attrs.fields(type(self))])
        return attrs.evolve(self, **keywords) if keywords else self

    @override
    def __repr__(self) -> str:
        changed = {
            each.name: getattr(self, each.name)
            for each in attrs.fields(type(self))
            if each.name not in {"clock", "codec"} and getattr(self, each.name) != default_of(each)
        }
        said = {name: show(value, self.redact) for name, value in changed.items()}
        return f"Settings({', '.join(f'{name}={value}' for name, value in said.items())})"


def default_of(attribute: Attribute[Any]) -> object:
    """What a setting is when nobody sets it."""
    default = attribute.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type] # a class at run time


def show(value: object, declared: frozenset[str]) -> str:
    """A setting's value, without secrets."""
    if isinstance(value, httpx.Headers):
        return repr(redact_headers(value.multi_items(), declared))
    if isinstance(value, Mapping):
        return repr(redact_headers([(str(name), str(said)) for name, said in value.items()], declared))
    if isinstance(value, httpx.URL):
        return repr(redact_url(str(value), declared))
    return repr(value)


def is_async(function: Callable[..., object]) -> bool:
    """Whether calling it gives something to be awaited."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 - its method, not whether it has one


def refuse_unknown(keywords: Mapping[str, object], known: Sequence[str]) -> None:
    """Raise ConfigError for the first keyword that is no setting."""
    for name in keywords:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
            raise ConfigError(name, "is no setting here", remedy)


CALL_OPTIONS = tuple(CallOptions.__annotations__)
VIEW_OPTIONS = tuple(ViewOptions.__annotations__)


def check_options(options: Mapping[str, Any], known: Sequence[str] = CALL_OPTIONS) -> dict[str, Any]:
    """The options of a call or view, validated as the settings of the same names are.

    Raises InputError, naming the option, the reason and the remedy.
    """
    try:
        refuse_unknown(options, known)
        made = attrs.evolve(_DEFAULTS, **options)
    except ConfigError as error:
        raise InputError(error.field, error.reason, error.remedy) from None
    return {name: getattr(made, name) for name in options}


_DEFAULTS = Settings()
