"""THE ORDER: every layer of a client, outermost first, and why each stands where it stands.

A new behaviour is one file in `layers/` and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import httpx

from restkit.layers.authenticate import Authenticate, checked_home
from restkit.layers.deadline import Deadline
from restkit.layers.hedge import Hedge
from restkit.layers.hooks import Hooks
from restkit.layers.idempotency import Idempotency
from restkit.layers.log import Log
from restkit.layers.redirects import Redirects
from restkit.layers.retry import Retry
from restkit.layers.sign import Sign
from restkit.pipeline import Layer
from restkit.policies.hop import USUAL
from restkit.settings import Settings

if TYPE_CHECKING:
    from restkit.admission.breaker import Breaker


class Place:
    """One place in the stack: what stands there under given settings, nothing if it is off, and why there."""

    __slots__ = ("make", "name", "reason")
    name: str
    make: Callable[[Settings], Sequence[Layer]]
    reason: str

    def __init__(self, name: str, make: Callable[[Settings], Sequence[Layer]], reason: str) -> None:
        self.name, self.make, self.reason = name, make, reason


STACK: tuple[Place, ...] = (
    Place(
        "deadline",
        lambda settings: [Deadline(settings.deadline, settings.clock)],
        "outermost: it bounds every wait and attempt below, hooks and observers included",
    ),
    Place(
        "observers",
        lambda settings: [call_observers(settings)] if settings.observers else [],
        "told once a call, and of everything below",
    ),
    Place(
        "before and after",
        lambda settings: (
            [Hooks(settings.before, settings.after, settings.clock)] if settings.before or settings.after else []
        ),
        "once a call: what they change holds for every attempt",
    ),
    Place(
        "layers",
        lambda settings: settings.layers,
        "your own, around the call: above everything that sends it again",
    ),
    Place(
        "idempotency",
        lambda settings: [Idempotency(settings.idempotency, clock=settings.clock)],
        "a key is made once a call, so that it is equal for every attempt",
    ),
    Place(
        "redirects",
        lambda settings: [redirects(settings)],
        "above everything that sends again: a hop that fails is repeated by itself, never what led to it",
    ),
    Place(
        "event hooks",
        lambda settings: [event_hooks(settings)] if settings.event_hooks else [],
        "httpx's: each hop of a redirect, but not each attempt",
    ),
    Place(
        "cookies",
        lambda settings: [cookies(settings)] if settings.cookies is not False else [],
        "each hop has those of its origin; every attempt of it the same ones",
    ),
    Place(
        "retry",
        lambda settings: [
            Retry(settings.retry, clock=settings.clock, dice=settings.dice, admits=lets_pass(settings)),
        ],
        "around each attempt: above whatever paces, counts or signs what is sent",
    ),
    Place(
        "hedge",
        lambda settings: [Hedge.when_told(settings.hedge, settings.clock, may_hedge(settings))],
        "below everything that sends a call again: each of its sends may be a race",
    ),
    Place(
        "auth",
        lambda settings: [authenticate(settings)],
        "below everything that sends again, so that each attempt is authenticated anew; above admission, so that a "
        "refresh holds no permit of the API, and the send after it has one of its own",
    ),
    Place(
        "admission",
        lambda settings: [admission(settings)] if admits(settings) else [],
        "rate limit, bulkhead and breaker, which agree on one moment: below everything that sends again, so that each "
        "send is paced and counted",
    ),
    Place(
        "leave",
        lambda settings: [leave(settings)] if has_strangers(settings) else [],
        "right above your own: what they lead to another origin has left from here",
    ),
    Place(
        "attempt layers",
        lambda settings: settings.attempt_layers,
        "your own, around each attempt: below everything that sends it again",
    ),
    Place(
        "home",
        lambda settings: [home(settings)] if has_strangers(settings) else [],
        "below whatever may add a credential: no redirect and no layer takes one to another origin",
    ),
    Place(
        "sign",
        lambda settings: [sign(settings)],
        "below whatever waits or changes a request: a signature is of this moment, and of what is really sent",
    ),
    Place(
        "attempt observers",
        lambda settings: [attempt_observers(settings)] if settings.observers else [],
        "told of each attempt, as it goes to the transport",
    ),
    Place(
        "guards",
        lambda settings: [guards(settings)] if needs_guards(settings) else [],
        "below everything that sees a body: no more of one is read than may be",
    ),
    Place(
        "log",
        lambda settings: [Log(settings.redact)],
        "innermost: a line for what really went over the wire",
    ),
)


def call_observers(settings: Settings) -> Layer:
    """The observers, told of calls."""
    from restkit.layers.observe import Observe

    return Observe(settings.observers, settings.clock, redact=settings.redact)


def authenticate(settings: Settings) -> Layer:
    """Credentials: always there, since a call may have its own. Raises ConfigError if they could be read on the way."""
    if settings.base_url is not None and "Authorization" in settings.headers:  # by hand
        _ = checked_home(settings.base_url, may_be_clear=settings.allow_insecure)
    return Authenticate(settings.auth, settings.base_url, allow_insecure=settings.allow_insecure, signs_last=True)


def admits(settings: Settings) -> bool:
    """Whether there is anything that a request may have to wait for."""
    return any(each is not None for each in (settings.rate_limit, settings.bulkhead, settings.breaker))


def admission(settings: Settings) -> Layer:
    """Rate limit, bulkhead and breaker."""
    from restkit.layers.admission import Admission

    return Admission(
        settings.rate_limit,
        settings.bulkhead,
        settings.breaker,
        cost=settings.cost,
        dice=settings.dice,
        clock=settings.clock,
        attempt_timeout=settings.attempt_timeout,
    )


def attempt_observers(settings: Settings) -> Layer:
    """The observers, told of attempts."""
    from restkit.layers.observe import Observe

    return Observe.attempts(settings.observers, settings.clock, redact=settings.redact)


def redirects(settings: Settings) -> Layer:
    """What follows redirects: always there, since a call may ask for it."""
    certified = settings.cert is not None or getattr(settings.transport, "is_certified", False)
    return Redirects(
        settings.redirects or USUAL, follows=follows(settings), is_certified=certified, redact=settings.redact
    )


def follows(settings: Settings) -> bool:
    """Whether a call follows redirects that does not say."""
    return settings.redirects > 0 if settings.follow_redirects is None else settings.follow_redirects


def cookies(settings: Settings) -> Layer:
    """A client's own jar, or the one it was given."""
    from restkit.layers.cookies import Cookies, jar_of

    return Cookies(jar_of(settings.cookies, settings.base_url), clock=settings.clock)


def has_strangers(settings: Settings) -> bool:
    """Whether anything of a user's own, which knows nothing of origins, stands below the redirects."""
    return bool(settings.attempt_layers or settings.event_hooks)


def stays(settings: Settings) -> bool:
    """Whether a call that does not say otherwise cannot leave its origin below them."""
    return not (settings.attempt_layers or follows(settings))


def leave(settings: Settings) -> Layer:
    """What notes where credentials are for."""
    from restkit.layers.home import Leave

    return Leave(is_idle=stays(settings))


def home(settings: Settings) -> Layer:
    """What keeps credentials from other origins."""
    from restkit.layers.home import Home

    return Home(redact=settings.redact, is_idle=stays(settings))


def sign(settings: Settings) -> Layer:
    """What signs: always there, since a call may have a scheme of its own."""
    return Sign(is_idle=not getattr(settings.auth, "signs", False))


def event_hooks(settings: Settings) -> Hooks:
    """Httpx's event hooks as a layer."""
    hooks = settings.event_hooks
    return Hooks(hooks.get("request", ()), hooks.get("response", ()), settings.clock)


def needs_guards(settings: Settings) -> bool:
    """Whether the transport leaves it to others what bodies are held to."""
    return settings.transport is not None and not getattr(settings.transport, "guards_bodies", False)


def guards(settings: Settings) -> Layer:
    """What bodies are held to."""
    from restkit.layers.guards import Guards

    return Guards(settings.max_response_bytes, streams=False)


def with_state(settings: Settings) -> Settings:
    """The settings with one circuit breaker: several layers ask it."""
    if settings.breaker is None:
        return settings
    from restkit.admission.breaker import Breaker

    return settings.replaced({"breaker": Breaker.of(settings.breaker, settings.dice)})


def lets_pass(settings: Settings) -> Callable[[httpx.Request], bool] | None:
    """Whether a request would pass the circuit breaker, if there is one: nobody waits before one that would not."""
    breaker: Breaker | None = settings.breaker  # type: ignore[assignment] # by `with_state`
    if breaker is None:
        return None
    from restkit.admission.origins import origin_of

    return lambda request: breaker.gate(origin_of(request)).peek(settings.clock.now()) is None


def may_hedge(settings: Settings) -> Sequence[Callable[[httpx.Request], bool]]:
    """Whether a request may be sent besides another: not while its circuit is anything but closed."""
    breaker: Breaker | None = settings.breaker  # type: ignore[assignment] # likewise
    if breaker is None:
        return ()
    from restkit.admission.origins import origin_of

    return [lambda request: breaker.gate(origin_of(request)).state == "closed"]


def layers(settings: Settings) -> list[Layer]:
    """The layers that are on under these settings, outermost first."""
    settings = with_state(settings)
    return [layer for place in STACK for layer in place.make(settings)]
