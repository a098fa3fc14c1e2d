"""Keeper: one token for everybody, renewed once however many wait.

Theory of operation. Whoever needs a token that is not there begins a flight, or joins the one under way; a flight is
flown in the background, so that nobody's cancellation or deadline ends it, and lands by keeping a promise that any
thread, task or loop may wait for. A flight that is broken off all the same, since its loop or client has ended, lands
with nothing, and the first to notice begins another. What a flight brings is for all who waited: the token, or the
error, of which each raises a copy. An error is remembered for a second, so that a crowd does not ask one after another.

    nothing, over --current--> flight --lands--> FRESH --time--> DUE --current--> flight, and the old one meanwhile
                      ^                                            |
                      +---------------- refused (401) -------------+
"""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Callable
from typing import NamedTuple

from restkit.credentials.store import TokenStore
from restkit.credentials.token import Token
from restkit.errors import AuthError, DeadlineExceeded, RestkitError
from restkit.flow import Clock, Flow, Promise, Spawn, Wait
from restkit.flow.forks import forks
from restkit.policies.token_life import REMEMBERED, UNKNOWN_LIFE, Life, Stage, early_by
from restkit.tokens.term import in_term

SECONDS = 30.0
"""The most that a fetch takes, with all its requests, or having a token revoked."""
LONGEST = 60.0
"""Seconds that getting a token takes at most: a fetch, and waiting for others who share a store."""
Fetch = Callable[[Token | None], Flow[Token]]
"""Gets a token; it is given the last one, if there was any."""


class Held(NamedTuple):
    """A token, and how long it lives."""

    token: Token
    life: Life
    is_new: bool
    """Whether it was had for this process, rather than found in the store, where it may have been for long."""


class Failure(NamedTuple):
    """Why there was no token, and until when that is remembered."""

    error: Exception
    until: float


Landed = Held | Failure | None
"""What a flight has brought; None for one that was broken off."""


class Flight(NamedTuple):
    """A token that is being had."""

    landing: Promise[Landed]
    until: float
    """The moment from which on nobody believes that it will land: its loop was closed by hand."""


class Keeper:
    """Keeps a token for all who share it.

    Parameters: `fetch`, the flow that gets one; `early`, the seconds before its end at which it is renewed, None for a
    fifth of its life; `store` and `key`, where it outlives the process, or is shared with others; `longest`, the
    seconds that getting one takes at most; `clock` and `dice`.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        fetch: Fetch,
        *,
        early: float | None = None,
        store: TokenStore | None = None,
        key: str = "",
        longest: float = LONGEST,
        clock: Clock | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self._fetch, self._early, self._store, self._key = fetch, early, store, key
        self._longest = longest
        self._clock, self._dice = clock or Clock(), dice or random.Random()  # noqa: S311 - jitter
        self._held: Held | None = None
        self._failure: Failure | None = None
        self._flight: Flight | None = None
        self._lock = threading.RLock()  # reentrant: a finalizer may land a flight
        forks.add(self)

    def after_fork(self) -> None:
        """In the child: the flight is the parent's, and the lock may have been a thread's."""
        self._lock, self._flight = threading.RLock(), None

    def at_once(self) -> Token | None:
        """The token, if it is fresh: nothing has to be asked for."""
        held = self._held
        if held is None or held.life.stage(self._clock.now(), self._clock.wall()) is not Stage.FRESH:
            return None
        return held.token

    def current(self) -> Flow[Token]:
        """A token that is good. Raises what `fetch` raises, AuthError above all."""
        held = self._held
        stage = Stage.OVER if held is None else held.life.stage(self._clock.now(), self._clock.wall())
        if held is None or stage is Stage.OVER:
            return (yield from self._landed(held)).token
        if stage is Stage.DUE and not self._has_failed():
            _, pilot = self._join(held)
            if pilot is not None:
                yield from self._begin(held, pilot)
                return (yield from self.current())  # it may have taken a while
        return held.token

    def after_refusal(self, token: Token, status: int = 401) -> Flow[Token]:
        """Another token than one that was refused. Raises AuthError if that one is new: another would be, too."""
        held = self._held
        if held is not None and held.token is not token:
            return (yield from self.current())
        if held is not None and held.is_new and held.life.is_young(self._clock.now()):
            said = "a token that is new is refused: it is not for this API, or does not allow this call"
            raise AuthError(said, status=status)
        return (yield from self._landed(held)).token

    def hold(self, token: Token) -> Flow[None]:
        """Hold a token that was had in another way, by signing in: it is saved first."""
        store, key = self._store, self._key
        if store is not None:
            yield from store.exclusive(key, lambda: store.save(key, token))
        with self._lock:
            self._flight, self._failure, self._held = None, None, self._alive(token)

    def forget(self, refresh_token: str | None) -> Flow[None]:
        """Have the store forget a token that is good no more, if it is still the one with this refresh token."""
        if self._store is not None:
            saved = yield from self._store.load(self._key)
            if saved is not None and saved.refresh_token == refresh_token:
                yield from self._store.remove(self._key)

    def end(self, revoke: Callable[[Token], Flow[None]]) -> Flow[None]:
        """Have the last token revoked, good or not, and forget it, here and in the store; nothing, if there is none.

        Nobody who shares the store refreshes meanwhile, so that there is no newer one.
        """
        store = self._store
        if store is None:
            yield from self._ended(revoke)
        else:
            yield from store.exclusive(self._key, lambda: self._ended(revoke, store))

    def _ended(self, revoke: Callable[[Token], Flow[None]], store: TokenStore | None = None) -> Flow[None]:
        held = None if self._held is None else self._held.token
        saved = None if store is None else (yield from store.load(self._key))
        token = saved or held
        if token is None:
            return
        yield from in_term(revoke(token), SECONDS, self._clock)
        if store is not None:
            yield from store.remove(self._key)
        with self._lock:
            if self._held is not None and self._held.token in (held, token):  # no other was had meanwhile
                self._held = None

    def _landed(self, held: Held | None) -> Flow[Held]:
        """What the flight brings that is there to replace `held`; one is begun if there is none."""
        while True:
            if self._has_failed() and self._failure is not None:
                raise copy.copy(self._failure.error)
            flight, pilot = self._join(held)
            if pilot is not None:
                yield from self._begin(held, pilot)
                del pilot  # it is the flight's own, which may be broken off
            try:
                landed = yield from Wait(flight.landing, flight.until)
            except TimeoutError:
                continue
            if isinstance(landed, Failure):
                raise copy.copy(landed.error)
            if landed is not None:
                return landed

    def _has_failed(self) -> bool:
        """Whether a failure is remembered."""
        failure = self._failure
        return failure is not None and self._clock.now() < failure.until

    def _join(self, held: Held | None) -> tuple[Flight, Pilot | None]:
        """The flight under way that replaces `held`; and its pilot, if it is a new one, which the caller begins."""
        now = self._clock.now()
        with self._lock:
            if self._flight is not None and now < self._flight.until:
                return self._flight, None
            flight = Flight(Promise(shared=True), now + self._longest)
            if self._held is not held:  # another flight has landed meanwhile
                _ = flight.landing.keep(self._held)
                return flight, None
            self._flight = flight
        return flight, Pilot(flight, self._land)

    def _begin(self, held: Held | None, pilot: Pilot) -> Flow[None]:
        """Fly in the background, or here if there is no room."""
        if not (yield from Spawn(self._fly(held, pilot))):
            yield from self._fly(held, pilot, is_callers=True)

    def _fly(self, held: Held | None, pilot: Pilot, *, is_callers: bool = False) -> Flow[None]:
        """Get a token, and land however that ends. If it `is_callers`, their deadline breaks it off, and is theirs."""
        landed: Landed = None
        try:
            landed = yield from self._had(None if held is None else held.token)
        except Exception as error:
            if is_callers and isinstance(error, DeadlineExceeded):
                raise
            landed = Failure(told(error), self._clock.now() + REMEMBERED * self._dice.uniform(1.0, 1.5))
        finally:
            pilot.land(landed)

    def _land(self, flight: Flight, landed: Landed) -> None:
        with self._lock:
            if self._flight is flight:
                self._flight = None
                self._held = landed if isinstance(landed, Held) else self._held
                self._failure = landed if isinstance(landed, Failure) else None
        _ = flight.landing.keep(landed)

    def _had(self, old: Token | None) -> Flow[Held]:
        """A token from wherever there is one."""
        store = self._store
        if store is None:
            return self._alive((yield from self._fetched(old)))
        return (yield from store.exclusive(self._key, lambda: self._stored(store, old)))

    def _stored(self, store: TokenStore, old: Token | None) -> Flow[Held]:
        """While nobody else refreshes: what another has saved meanwhile, or a new token, saved before it is used."""
        saved = yield from store.load(self._key)
        if saved is not None and saved != old:
            found = self._alive(saved, is_new=False)
            if found.life.stage(self._clock.now(), self._clock.wall()) is not Stage.OVER:
                return found
        token = yield from self._fetched(saved or old)
        yield from store.save(self._key, token)
        return self._alive(token)

    def _fetched(self, old: Token | None) -> Flow[Token]:
        """A new token, before anybody gives up on that."""
        return in_term(self._fetch(old), SECONDS, self._clock)

    def _alive(self, token: Token, *, is_new: bool = True) -> Held:
        """A token as it is kept: how long it lives from now on."""
        now, wall = self._clock.now(), self._clock.wall()
        whole = token.lifetime or UNKNOWN_LIFE
        ends = wall + whole if token.expires_at is None else token.expires_at
        age = max(0.0, whole - (ends - wall))
        early = early_by(whole, self._early, self._dice.random())
        return Held(token, Life(began=now - age, seconds=whole, expires_at=ends, early=early), is_new)


class Pilot:
    """Lands a flight once: when it is dropped, at the latest, which happens where a loop ends before it has begun."""

    __slots__ = ("_flight", "_land")

    def __init__(self, flight: Flight, land: Callable[[Flight, Landed], None]) -> None:
        self._flight, self._land = flight, land

    def land(self, landed: Landed) -> None:
        """Tell all who wait."""
        self._land(self._flight, landed)

    def __del__(self) -> None:
        if not self._flight.landing.is_kept:
            self.land(None)


def told(error: Exception) -> Exception:
    """An error as all who wait are told: restkit's own as it is, any other by its kind: it may show a secret."""
    if isinstance(error, RestkitError):
        return error
    made = AuthError(f"no token could be had: {type(error).__name__}")
    made.__cause__ = error
    return made
