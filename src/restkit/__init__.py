"""restkit: write an API's SDK once, and use it blocking and awaiting.

The public names are loaded when they are first used, so that importing restkit costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, whose import would cost more than all the rest
if TYPE_CHECKING:
    from typing import Any

    from restkit.admission.breaker import Breaker
    from restkit.admission.limiter import RateLimiter
    from restkit.attempt import Attempt
    from restkit.auth.api_key import APIKey
    from restkit.auth.basic import Basic
    from restkit.auth.bearer import Bearer
    from restkit.bodies.upload import Upload
    from restkit.builder import RequestBuilder
    from restkit.calls import AsyncCall, Call
    from restkit.client import AsyncClient, Client
    from restkit.codec import JSON, Codec, ModelCodec
    from restkit.codec.extras import Extras
    from restkit.codec.fields import Fields
    from restkit.codec.msgpack import MsgPack
    from restkit.codec.renaming import rename
    from restkit.context import CallOptions, Context, ViewOptions
    from restkit.credentials.scheme import Scheme
    from restkit.credentials.secret import EnvVar
    from restkit.credentials.store import TokenStore
    from restkit.credentials.token import Token
    from restkit.declare import listing, operation
    from restkit.decorators.guarded import circuit_breaker
    from restkit.decorators.limited import rate_limit
    from restkit.decorators.retried import retry
    from restkit.errors import (
        AddressRefused,
        AuthError,
        BadEncoding,
        BadRequest,
        BodyChanged,
        BulkheadFull,
        CircuitOpen,
        ClientClosed,
        ConfigError,
        Conflict,
        ConnectError,
        ConnectTimeout,
        ContentError,
        DeadlineExceeded,
        DecodeError,
        DNSError,
        Forbidden,
        InputError,
        NotFound,
        PoolTimeout,
        PreconditionFailed,
        ProtocolError,
        ProxyAuthError,
        ProxyError,
        QueueFull,
        RateLimitTimeout,
        ReadError,
        ReadTimeout,
        RedirectError,
        RedirectRefused,
        Refused,
        ResourceError,
        RestkitError,
        ServerError,
        StatusError,
        StoreError,
        TimeoutError,  # noqa: A004 - ours, and always qualified
        TLSError,
        TLSVerifyError,
        TooLarge,
        TooManyRedirects,
        TooManyRequests,
        TransportError,
        TruncatedBody,
        Unauthorized,
        UnexpectedContentType,
        UnsupportedEncoding,
        WriteError,
        WriteTimeout,
    )
    from restkit.flow import (
        Ask,
        Background,
        Clock,
        Effect,
        Emit,
        Emitting,
        Flow,
        Open,
        Promise,
        Send,
        Sleep,
        Spawn,
        Steps,
        Wait,
        World,
        when_over,
    )
    from restkit.flow.race import Race
    from restkit.layers.admission import Admission
    from restkit.layers.authenticate import Authenticate
    from restkit.layers.cookies import CookieJar, Cookies
    from restkit.layers.deadline import Deadline
    from restkit.layers.guards import Guards
    from restkit.layers.hedge import Hedge
    from restkit.layers.home import Home
    from restkit.layers.hooks import Hooks
    from restkit.layers.idempotency import Idempotency
    from restkit.layers.log import Log
    from restkit.layers.observe import AttemptEnded, AttemptStarted, CallEnded, CallStarted, Observe, Observer
    from restkit.layers.redirects import Redirects
    from restkit.layers.retry import Retry
    from restkit.layers.sign import Sign
    from restkit.mode import Async, M, Sync
    from restkit.op import Op, Plan, Within
    from restkit.pagination import AsyncPages, Page, Pages, Paginator, SinglePage
    from restkit.pipeline import Layer, Pipeline, Proceed
    from restkit.policies.backoff import ExponentialWait, FixedWait, LinearWait, Tried, WaitByError, Waits
    from restkit.policies.bucket_drip import GCRA, LeakyBucket, TokenBucket
    from restkit.policies.bucket_window import FixedWindow, SlidingWindow
    from restkit.policies.bulkhead import Bulkhead
    from restkit.policies.circuit_breaker import CircuitBreaker, CircuitChange, CircuitState
    from restkit.policies.hedging import Hedging
    from restkit.policies.quota import RateLimit
    from restkit.policies.retry import Retrial, RetryBudget, RetryPolicy, RetryStrategy
    from restkit.problem import Problem
    from restkit.resource import Resource
    from restkit.resources import Resources
    from restkit.response import Response
    from restkit.settings import Keywords, Settings
    from restkit.stack import STACK, Place
    from restkit.unset import UNSET, Unset
    from restkit.url import QueryStyle
    from restkit.verbs import BareResource, Creates, Deletes, Gets, Lists, Replaces, Updates
    from restkit.wire import InsecureWarning, PerLoop
    from restkit.wire.facts import WireFacts, WireTimes
    from restkit.wire.guard import AddressGuard
    from restkit.wire.resolve import Resolver
    from restkit.wire.tls.pins import pin_of
    from restkit.wire.transport import WireTransport

_HOMES = {
    "admission.breaker": "Breaker",
    "admission.limiter": "RateLimiter",
    "attempt": "Attempt",
    "auth.api_key": "APIKey",
    "auth.basic": "Basic",
    "auth.bearer": "Bearer",
    "bodies.upload": "Upload",
    "builder": "RequestBuilder",
    "calls": "AsyncCall Call",
    "client": "AsyncClient Client",
    "codec": "Codec JSON ModelCodec",
    "codec.extras": "Extras",
    "codec.fields": "Fields",
    "codec.msgpack": "MsgPack",
    "codec.renaming": "rename",
    "context": "CallOptions Context ViewOptions",
    "credentials.scheme": "Scheme",
    "credentials.secret": "EnvVar",
    "credentials.store": "TokenStore",
    "credentials.token": "Token",
    "declare": "listing operation",
    "decorators.guarded": "circuit_breaker",
    "decorators.limited": "rate_limit",
    "decorators.retried": "retry",
    "errors": (
        "AddressRefused AuthError BadEncoding BadRequest BodyChanged BulkheadFull CircuitOpen ClientClosed "
        "ConfigError Conflict ConnectError ConnectTimeout ContentError DNSError DeadlineExceeded DecodeError "
        "Forbidden InputError NotFound PoolTimeout PreconditionFailed ProtocolError ProxyAuthError ProxyError "
        "QueueFull RateLimitTimeout ReadError ReadTimeout RedirectError RedirectRefused Refused ResourceError "
        "RestkitError ServerError StatusError StoreError TLSError TLSVerifyError TimeoutError TooLarge "
        "TooManyRedirects TooManyRequests TransportError TruncatedBody Unauthorized UnexpectedContentType "
        "UnsupportedEncoding WriteError WriteTimeout"
    ),
    "flow": ("Ask Background Clock Effect Emit Emitting Flow Open Promise Send Sleep Spawn Steps Wait World when_over"),
    "flow.race": "Race",
    "layers.cookies": "CookieJar Cookies",
    "layers.admission": "Admission",
    "layers.authenticate": "Authenticate",
    "layers.deadline": "Deadline",
    "layers.home": "Home",
    "layers.guards": "Guards",
    "layers.hedge": "Hedge",
    "layers.hooks": "Hooks",
    "layers.idempotency": "Idempotency",
    "layers.log": "Log",
    "layers.observe": "AttemptEnded AttemptStarted CallEnded CallStarted Observe Observer",
    "layers.redirects": "Redirects",
    "layers.retry": "Retry",
    "layers.sign": "Sign",
    "mode": "Async M Sync",
    "op": "Op Plan Within",
    "pagination": "AsyncPages Page Pages Paginator SinglePage",
    "pipeline": "Layer Pipeline Proceed",
    "policies.circuit_breaker": "CircuitBreaker CircuitChange CircuitState",
    "policies.backoff": "ExponentialWait FixedWait LinearWait Tried WaitByError Waits",
    "policies.hedging": "Hedging",
    "policies.bucket_drip": "GCRA LeakyBucket TokenBucket",
    "policies.bucket_window": "FixedWindow SlidingWindow",
    "policies.bulkhead": "Bulkhead",
    "policies.quota": "RateLimit",
    "policies.retry": "Retrial RetryBudget RetryPolicy RetryStrategy",
    "problem": "Problem",
    "resource": "Resource",
    "resources": "Resources",
    "response": "Response",
    "settings": "Keywords Settings",
    "stack": "Place STACK",
    "unset": "UNSET Unset",
    "url": "QueryStyle",
    "verbs": "BareResource Creates Deletes Gets Lists Replaces Updates",
    "wire": "InsecureWarning PerLoop",
    "wire.facts": "WireFacts WireTimes",
    "wire.guard": "AddressGuard",
    "wire.resolve": "Resolver",
    "wire.tls.pins": "pin_of",
    "wire.transport": "WireTransport",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'restkit' has no attribute {name!r}", name=name)
    found = globals()[name] = getattr(import_module(f"restkit.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])


__all__ = [
    "GCRA",
    "JSON",
    "STACK",
    "UNSET",
    "APIKey",
    "AddressGuard",
    "AddressRefused",
    "Admission",
    "Ask",
    "Async",
    "AsyncCall",
    "AsyncClient",
    "AsyncPages",
    "Attempt",
    "AttemptEnded",
    "AttemptStarted",
    "AuthError",
    "Authenticate",
    "Background",
    "BadEncoding",
    "BadRequest",
    "BareResource",
    "Basic",
    "Bearer",
    "BodyChanged",
    "Breaker",
    "Bulkhead",
    "BulkheadFull",
    "Call",
    "CallEnded",
    "CallOptions",
    "CallStarted",
    "CircuitBreaker",
    "CircuitChange",
    "CircuitOpen",
    "CircuitState",
    "Client",
    "ClientClosed",
    "Clock",
    "Codec",
    "ConfigError",
    "Conflict",
    "ConnectError",
    "ConnectTimeout",
    "ContentError",
    "Context",
    "CookieJar",
    "Cookies",
    "Creates",
    "DNSError",
    "Deadline",
    "DeadlineExceeded",
    "DecodeError",
    "Deletes",
    "Effect",
    "Emit",
    "Emitting",
    "EnvVar",
    "ExponentialWait",
    "Extras",
    "Fields",
    "FixedWait",
    "FixedWindow",
    "Flow",
    "Forbidden",
    "Gets",
    "Guards",
    "Hedge",
    "Hedging",
    "Home",
    "Hooks",
    "Idempotency",
    "InputError",
    "InsecureWarning",
    "Keywords",
    "Layer",
    "LeakyBucket",
    "LinearWait",
    "Lists",
    "Log",
    "M",
    "ModelCodec",
    "MsgPack",
    "NotFound",
    "Observe",
    "Observer",
    "Op",
    "Open",
    "Page",
    "Pages",
    "Paginator",
    "PerLoop",
    "Pipeline",
    "Place",
    "Plan",
    "PoolTimeout",
    "PreconditionFailed",
    "Problem",
    "Proceed",
    "Promise",
    "ProtocolError",
    "ProxyAuthError",
    "ProxyError",
    "QueryStyle",
    "QueueFull",
    "Race",
    "RateLimit",
    "RateLimitTimeout",
    "RateLimiter",
    "ReadError",
    "ReadTimeout",
    "RedirectError",
    "RedirectRefused",
    "Redirects",
    "Refused",
    "Replaces",
    "RequestBuilder",
    "Resolver",
    "Resource",
    "ResourceError",
    "Resources",
    "Response",
    "RestkitError",
    "Retrial",
    "Retry",
    "RetryBudget",
    "RetryPolicy",
    "RetryStrategy",
    "Scheme",
    "Send",
    "ServerError",
    "Settings",
    "Sign",
    "SinglePage",
    "Sleep",
    "SlidingWindow",
    "Spawn",
    "StatusError",
    "Steps",
    "StoreError",
    "Sync",
    "TLSError",
    "TLSVerifyError",
    "TimeoutError",
    "Token",
    "TokenBucket",
    "TokenStore",
    "TooLarge",
    "TooManyRedirects",
    "TooManyRequests",
    "TransportError",
    "Tried",
    "TruncatedBody",
    "Unauthorized",
    "UnexpectedContentType",
    "Unset",
    "UnsupportedEncoding",
    "Updates",
    "Upload",
    "ViewOptions",
    "Wait",
    "WaitByError",
    "Waits",
    "WireFacts",
    "WireTimes",
    "WireTransport",
    "Within",
    "World",
    "WriteError",
    "WriteTimeout",
    "circuit_breaker",
    "listing",
    "operation",
    "pin_of",
    "rate_limit",
    "rename",
    "retry",
    "when_over",
]
