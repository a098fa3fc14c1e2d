"""Rotating keys: several keys of an API, one after the other, without those that are refused."""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

import httpx
from typing_extensions import override

from restkit.credentials.place import Place, placed
from restkit.credentials.scheme import Proceed, Scheme
from restkit.credentials.secret import Value, ask, checked_value
from restkit.errors import AuthError, ConfigError
from restkit.flow import Clock, Flow
from restkit.flow.forks import forks
from restkit.flow.original import Original
from restkit.policies.checked import clock_or_real, count, duration_or_none, refuse_unknown
from restkit.policies.retry_checks import statuses
from restkit.policies.rotation import Rotation, Turned

THROTTLED, SERVER_FAILED = 429, 500


class KeyHealth(NamedTuple):
    """How one of the keys fares."""

    sent: int
    refused: int
    failures: int
    """How often it was refused in a row."""
    is_dropped: bool


class RotatingKeys(Scheme):
    """Send one of several keys: the next one with each call, or with `turn="failure"` the same until it is refused.

    Parameters: `keys`, each text, an `EnvVar`, or what a function gives each time; one of `header`, `query` and
    `cookie`, where they stand, and `prefix`, the word before them in a header; `refused`, the statuses that say that a
    key is not let in; `most`, how often in a row that may happen before a key is dropped, where a 429 does not count;
    `back_after`, the seconds after which it is tried again, None for never; `clock`.

    A call whose key is refused is sent again with the next one, once with each at most. Raises AuthError when all are
    dropped.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        keys: Iterable[Value],
        *,
        header: str | None = None,
        query: str | None = None,
        cookie: str | None = None,
        prefix: str = "",
        turn: Literal["call", "failure"] = "call",
        refused: Collection[int] = (401, 429),
        most: int = 3,
        back_after: float | None = 60.0,
        clock: Clock | None = None,
    ) -> None:
        self._place = placed(header, query, cookie, prefix)
        self._keys = checked_keys(keys, self._place)
        self._refused, self._clock = statuses(refused, "refused"), clock_or_real("clock", clock)
        refuse_unknown("turn", turn, ("call", "failure"))
        rest = duration_or_none("back_after", back_after)
        self._rotation = Rotation(
            keys=(Turned(),) * len(self._keys),
            by_call=turn == "call",
            most=count("most", most),
            rest=math.inf if rest is None else rest,
        )
        self._lock = threading.Lock()
        forks.add(self)

    def after_fork(self) -> None:
        """Renew the lock, which a thread of the parent may have held."""
        self._lock = threading.Lock()

    @property
    def health(self) -> tuple[KeyHealth, ...]:
        """How each of the keys fares, in their order."""
        now = self._clock.now()
        keys = self._rotation.keys
        return tuple(KeyHealth(each.sent, each.refused, each.failures, each.rests_until > now) for each in keys)

    @override
    def exchange(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        original, tried = Original(request), set[int]()
        number = self._pick(tried)
        if number is None:
            raise self._used_up()
        while True:
            tried.add(number)
            key = yield from ask(f"keys[{number}]", self._keys[number], self._place.checked)
            self._place.put(request, key)
            response = yield from proceed(request)
            if not self._is_refused(number, response):
                return response
            number = self._pick(tried) if original.is_replayable else None
            if number is None:
                return self._given_up(response)
            request = original.copy()

    def _pick(self, tried: set[int]) -> int | None:
        """The next key, which is now in use."""
        with self._lock:
            number = self._rotation.next(self._clock.now(), tried)
            if number is not None:
                self._rotation = self._rotation.picked(number)
        return number

    def _is_refused(self, number: int, response: httpx.Response) -> bool:
        """Whether an answer says so; it is noted. An error of the server says nothing of the key."""
        status = response.status_code
        with self._lock:
            if status in self._refused and status == THROTTLED:
                self._rotation = self._rotation.throttled(number)
            elif status in self._refused:
                self._rotation = self._rotation.failed(number, self._clock.now())
            elif status < SERVER_FAILED:
                self._rotation = self._rotation.succeeded(number)
        return status in self._refused

    def _given_up(self, response: httpx.Response) -> httpx.Response:
        """The answer to the last key that could be tried. Raises AuthError if none is left for other calls either."""
        if self._rotation.living(self._clock.now()):
            return response
        raise self._used_up(response.status_code)

    def _used_up(self, status: int | None = None) -> AuthError:
        return AuthError(f"all {len(self._keys)} keys were refused, and none is left", status=status)


def checked_keys(given: Iterable[Value], place: Place) -> tuple[Value, ...]:
    """One key or more, for this place. Raises ConfigError."""
    if isinstance(given, str) or not isinstance(given, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - users write it
        raise ConfigError("keys", f"is of type {type(given).__name__}", "pass a list of keys")
    keys = tuple(checked_value(f"keys[{number}]", each, place.checked) for number, each in enumerate(given))
    if not keys:
        raise ConfigError("keys", "is empty", "pass one key or more")
    return keys
