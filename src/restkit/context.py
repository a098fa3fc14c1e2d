"""What the layers know of the call that a request belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypedDict

import httpx

from restkit.attempt import Attempt

if TYPE_CHECKING:
    from restkit.policies.hedging import Hedging
    from restkit.policies.retry import Retries

KEY = "restkit"
"""Where a request's extensions, and its response's, hold the context."""
Known = tuple[int | None, bool, float, float | None, bool]
"""The fields of an `Attempt` from `bytes_sent` on."""
UNKNOWN: Known = (None, False, 0.0, None, False)


class Options(TypedDict, total=False):
    """What a client may be told for all of its calls, and each call for itself."""

    auth: httpx.Auth | tuple[str, str] | Literal[False] | None
    """Who the call is from: any httpx.Auth, a user name and a password, or None for nobody."""
    timeout: float | httpx.Timeout
    """Seconds for connecting, reading, writing and the pool; httpx.Timeout sets them apart."""
    attempt_timeout: float | None
    """Seconds for one attempt; None for no limit but the deadline."""
    deadline: float | None
    """Seconds for the whole call, with all waits and attempts; None for no limit."""
    hedge: bool | float | Hedging | None
    """Whether and how the call is sent once more when it is slow: True, seconds, or `Hedging`; False for not at all."""
    compress: Literal["gzip"] | None
    """How a body of more than 1 KiB is compressed."""
    follow_redirects: bool | None
    """Whether redirects are followed; None for what the client does."""
    retry: Retries
    """When it is sent again: a policy, a number of attempts, or False for never."""
    idempotency: bool | str
    """Whether it has an idempotency key; a name of the header says yes."""
    cost: float
    """How many requests this one counts for in the rate limit."""


class CallOptions(Options, total=False):
    """What one call may ask for beyond its client's settings."""

    idempotency_key: str
    """The idempotency key that it has, for one call only."""


class ViewOptions(CallOptions, total=False):
    """What a view of a client may ask for: a call's options, and what is sent with each of its calls."""

    headers: Mapping[str, str]
    """Sent with every call, over those of the client."""
    params: Mapping[str, object]
    """Sent with every call, over those of the client."""


class Context:
    """One call, as its layers see it: in `request.extensions`, shared by every attempt.

    A layer reads what the call asked for with `context.options.get("deadline", own default)`.
    """

    __slots__ = ("deadline", "from_cache", "history", "idempotent", "options", "route", "started", "streamed")
    route: str
    idempotent: bool | None
    streamed: bool
    from_cache: bool

    def __init__(
        self,
        route: str = "",
        options: CallOptions | None = None,
        *,
        idempotent: bool | None = None,
        streamed: bool = True,
    ) -> None:
        self.route = route
        self.options: CallOptions = {} if options is None else options
        self.idempotent = idempotent
        self.streamed = streamed
        self.deadline: float | None = None
        self.started: float | None = None
        self.history: list[Attempt] = []
        self.from_cache = False

    @staticmethod
    def of(request: httpx.Request) -> Context:
        """The context of a request; a request without one, as in drop-in use, is given a default one."""
        context: Context | None = request.extensions.get(KEY)
        if context is None:
            context = request.extensions[KEY] = Context()
        return context

    def record(
        self,
        began: float,
        elapsed: float,
        status: int | None,
        error: str | None = None,
        facts: Known = UNKNOWN,
    ) -> Attempt:
        """Note an attempt: the moment it began, the seconds it took, and what came of it.

        `facts` are its fields from `bytes_sent` on.
        """
        if self.started is None:
            self.started = began
        history = self.history
        made = Attempt(len(history) + 1, status, error, began - self.started, elapsed, *facts)
        history.append(made)
        return made
