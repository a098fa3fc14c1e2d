"""One token for everybody, renewed once however many wait."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import threading
from collections.abc import Callable

import anyio.lowlevel
import pytest

from restkit import AuthError, Clock, DeadlineExceeded, Flow, InputError, Sleep, Token, World
from restkit.flow import Background, run
from restkit.flow.awaiting import arun
from restkit.flow.bounded import bounded
from restkit.testing import Simulation, VirtualClock
from restkit.tokens.keeper import LONGEST, Keeper

Answer = Token | Exception | None


class Server:
    """Gives tokens after a while: t1, t2 and so on, which live for so many seconds."""

    def __init__(self, clock: Clock, lifetime: float | None = 100.0, seconds: float = 1.0) -> None:
        self.clock, self.lifetime, self.seconds = clock, lifetime, seconds
        self.olds: list[str | None] = []
        self.answers: list[Exception] = []
        """What is raised instead, the last one first."""

    def fetch(self, old: Token | None) -> Flow[Token]:
        """Give one."""
        self.olds.append(None if old is None else old.value)
        number = len(self.olds)
        yield from Sleep(self.seconds)
        if self.answers:
            raise self.answers.pop()
        ends = None if self.lifetime is None else self.clock.wall() + self.lifetime
        return Token(value=f"t{number}", expires_at=ends, lifetime=self.lifetime, refresh_token=f"r{number}")


class Scene:
    """A keeper with its server, in virtual time."""

    def __init__(
        self, early: float | None = 20.0, background: Background | None = None, longest: float = LONGEST
    ) -> None:
        self.clock = VirtualClock()
        self.simulation = Simulation(self.clock, background=background)
        self.server = Server(self.clock)
        dice = random.Random(1)  # noqa: S311 - repeatable
        self.keeper = Keeper(self.server.fetch, early=early, longest=longest, clock=self.clock, dice=dice)

    def value(self) -> str:
        """The token that a caller has now."""
        return self.simulation.run(self.keeper.current()).value

    def values(self, callers: int) -> list[str]:
        """Those of so many who ask at once; the kind of an error instead."""
        found = self.simulation.run_all(*(self.keeper.current() for _ in range(callers)))
        return [each.value if isinstance(each, Token) else type(each).__name__ for each in found]


@pytest.fixture
def scene() -> Scene:
    """A keeper that renews a token 20 seconds before its end."""
    return Scene()


def test_a_token_is_had_once_for_all_who_wait(scene: Scene) -> None:
    """And kept."""
    assert (["t1"] * 100, "t1", [None]) == (scene.values(100), scene.value(), scene.server.olds)


def test_a_fresh_token_is_there_at_once(scene: Scene) -> None:
    """One that is not there, or due, is not."""
    before = scene.keeper.at_once()
    _ = scene.value()
    fresh = scene.keeper.at_once()
    scene.simulation.advance(85)

    assert (None, "t1", None) == (before, fresh and fresh.value, scene.keeper.at_once())


def test_a_token_that_is_due_is_used_while_another_is_had(scene: Scene) -> None:
    """Nobody waits for that."""
    _ = scene.value()
    scene.simulation.advance(85)
    began = scene.clock.now()
    during = scene.values(10)
    waited = scene.clock.now() - began
    scene.simulation.advance(2)

    assert (["t1"] * 10, 0.0, "t2", [None, "t1"]) == (during, waited, scene.value(), scene.server.olds)


def test_a_token_that_is_over_is_waited_for(scene: Scene) -> None:
    """It is given to whoever gets the next."""
    _ = scene.value()
    scene.simulation.advance(95)

    assert (["t2"] * 10, [None, "t1"]) == (scene.values(10), scene.server.olds)


@pytest.mark.parametrize("seconds", [100.0, -100.0])
def test_either_clock_may_say_that_a_token_is_over(scene: Scene, seconds: float) -> None:
    """The wall clock, when it is set forward; the other one, when it is set back."""
    _ = scene.value()
    scene.clock.step(seconds)
    scene.simulation.advance(0 if seconds > 0 else 95)

    assert "t2" == scene.value()


def test_a_token_of_which_nobody_said_how_long_it_lives_is_renewed_after_a_minute(scene: Scene) -> None:
    """That is the most we believe."""
    scene.server.lifetime = None
    _ = scene.value()
    scene.simulation.advance(50)
    before = scene.value()
    scene.simulation.advance(10)

    assert ("t1", "t2", [None, "t1"]) == (before, scene.value(), scene.server.olds)


def test_usually_a_token_is_renewed_after_four_fifths_of_its_life() -> None:
    """A tenth sooner or later, so that not all come at once."""
    moments: set[float] = set()
    for seed in range(20):
        clock = VirtualClock()
        simulation, server = Simulation(clock), Server(clock, seconds=0.0)
        keeper = Keeper(server.fetch, clock=clock, dice=random.Random(seed))  # noqa: S311 - repeatable
        _ = simulation.run(keeper.current())
        while keeper.at_once() is not None:
            simulation.advance(0.5)
        moments.add(clock.now() - 1_000.0)

    assert (True, True) == (72 <= min(moments) and max(moments) <= 88.5, len(moments) > len("few"))


def test_a_failure_is_told_to_all_who_wait(scene: Scene) -> None:
    """To each a copy of its own."""
    scene.server.answers = [AuthError("no", code="invalid_client")]
    found = scene.simulation.run_all(*(scene.keeper.current() for _ in range(5)))

    assert (5, {"no"}, {"invalid_client"}, 1) == (
        len({id(each) for each in found}),
        {str(each) for each in found},
        {getattr(each, "code", None) for each in found},
        len(scene.server.olds),
    )


def test_a_failure_is_remembered_for_a_second(scene: Scene) -> None:
    """So that a crowd does not ask one after another."""
    scene.server.answers = [AuthError("no")]
    first = scene.values(1) + scene.values(3)
    asked = len(scene.server.olds)
    scene.simulation.advance(1.6)

    assert (["AuthError"] * 4, 1, "t2") == (first, asked, scene.value())


def test_a_failure_while_a_token_is_good_is_nobodys(scene: Scene) -> None:
    """It is tried again a little later."""
    _ = scene.value()
    scene.simulation.advance(85)
    scene.server.answers = [AuthError("no")]
    during = scene.values(3)
    scene.simulation.advance(1.5)
    after = scene.value()
    scene.simulation.advance(2)
    later = scene.value()
    scene.simulation.advance(2)

    assert (["t1"] * 3, "t1", "t1", "t3") == (during, after, later, scene.value())


def test_an_error_of_the_callers_own_code_is_told_by_its_kind(scene: Scene) -> None:
    """What it says may be the secret."""
    scene.server.answers = [ValueError("s3cr3t")]
    with pytest.raises(AuthError) as caught:
        _ = scene.value()

    assert ("no token could be had: ValueError", ValueError) == (str(caught.value), type(caught.value.__cause__))


def test_an_error_of_ours_is_told_as_it_is(scene: Scene) -> None:
    """Such as a wrong value."""
    scene.server.answers = [InputError("scope", "is none", "name one")]
    with pytest.raises(InputError, match="scope is none"):
        _ = scene.value()


def test_whoever_leaves_takes_nothing_along(scene: Scene) -> None:
    """Not even who came first: the token is had all the same."""
    first = scene.simulation.start(scene.keeper.current())
    second = scene.simulation.start(scene.keeper.current())
    scene.simulation.advance(0.1)
    first.cancel()

    assert ("t1", [None]) == (scene.simulation.finish(second).value, scene.server.olds)


def test_a_refusal_has_the_token_renewed_once(scene: Scene) -> None:
    """However many were refused."""
    old = scene.simulation.run(scene.keeper.current())
    scene.simulation.advance(10)
    found = scene.simulation.run_all(*(scene.keeper.after_refusal(old) for _ in range(50)))

    assert ({"t2"}, [None, "t1"]) == ({getattr(each, "value", None) for each in found}, scene.server.olds)


def test_a_refusal_of_an_older_token_takes_the_newer_one(scene: Scene) -> None:
    """Nothing has to be asked for."""
    old = scene.simulation.run(scene.keeper.current())
    scene.simulation.advance(10)
    _ = scene.simulation.run(scene.keeper.after_refusal(old))

    assert ("t2", 2) == (scene.simulation.run(scene.keeper.after_refusal(old)).value, len(scene.server.olds))


def test_a_token_that_is_young_is_not_renewed(scene: Scene) -> None:
    """Another would be refused as well."""
    old = scene.simulation.run(scene.keeper.current())
    with pytest.raises(AuthError, match="a token that is new is refused"):
        _ = scene.simulation.run(scene.keeper.after_refusal(old))

    assert 1 == len(scene.server.olds)


def test_whoever_is_told_that_has_the_status(scene: Scene) -> None:
    """As with any other refusal."""
    old = scene.simulation.run(scene.keeper.current())
    with pytest.raises(AuthError) as caught:
        _ = scene.simulation.run(scene.keeper.after_refusal(old, 403))

    assert 403 == caught.value.status


def test_a_refusal_before_there_was_a_token_has_one(scene: Scene) -> None:
    """As after a fork of keepers."""
    assert "t1" == scene.simulation.run(scene.keeper.after_refusal(Token(value="t0"))).value


def test_where_there_is_no_room_in_the_background_whoever_comes_first_flies() -> None:
    """And the others wait."""
    scene = Scene(background=Background(0))
    found = scene.values(10)
    scene.simulation.advance(85)

    assert (["t1"] * 10, "t2", 2) == (found, scene.value(), len(scene.server.olds))


def test_a_leader_that_leaves_is_followed_by_another() -> None:
    """Where the flight is its own."""
    scene = Scene(background=Background(0))
    first = scene.simulation.start(scene.keeper.current())
    second = scene.simulation.start(scene.keeper.current())
    scene.simulation.advance(0.1)
    first.cancel()

    assert ("t2", 2) == (scene.simulation.finish(second).value, len(scene.server.olds))


def test_a_leader_whose_time_is_up_is_followed_by_another() -> None:
    """Its deadline is nobody else's."""
    scene = Scene(background=Background(0))
    until = scene.clock.now() + 0.5
    first = scene.simulation.start(bounded(scene.keeper.current(), until, scene.clock.now, DeadlineExceeded))
    second = scene.simulation.start(scene.keeper.current())
    value = scene.simulation.finish(second).value

    assert ("t2", DeadlineExceeded) == (value, type(first.error))


def test_a_flight_that_does_not_land_is_begun_again() -> None:
    """Its loop may have been closed by hand: after a while nobody waits for it any more."""
    scene = Scene(longest=10.0)
    scene.server.seconds = 25.0
    lost = scene.simulation.start(scene.keeper.current())
    scene.simulation.advance(0.1)
    scene.server.seconds = 1.0
    scene.simulation.advance(11)

    assert ("t2", "t2") == (scene.value(), scene.simulation.finish(lost).value)


def test_a_flight_that_lands_late_is_for_those_who_still_wait() -> None:
    """It does not take the place of a newer one."""
    scene = Scene(longest=10.0)
    scene.server.seconds = 25.0
    _ = scene.simulation.start(scene.keeper.current())
    scene.simulation.advance(0.1)
    scene.server.seconds = 1.0
    scene.simulation.advance(12)
    newer = scene.value()
    scene.simulation.advance(20)

    assert ("t2", "t2") == (newer, scene.value())


def test_nobody_gives_up_on_a_flight_that_may_still_land(scene: Scene) -> None:
    """However many requests it takes, they have one deadline; so there are never two refreshes."""

    def fetch(_: Token | None) -> Flow[Token]:
        asked.append(scene.clock.now() - began)
        for _request in range(3):
            yield from Sleep(22.0)
        return Token(value="late")

    began, asked = scene.clock.now(), list[float]()
    keeper = Keeper(fetch, clock=scene.clock)
    strands = [scene.simulation.start(keeper.current()) for _ in range(4)]
    scene.simulation.advance(70)

    assert ([0.0], ["not over within 30 s, with all that had to be asked for"] * 4) == (
        asked,
        [str(each.error) for each in strands],
    )


def test_a_loop_that_ends_takes_its_flight_along_but_nobody_elses() -> None:
    """The next loop begins another."""
    clock = Clock()
    server = Server(clock, seconds=20.0)
    keeper = Keeper(server.fetch, clock=clock)
    world = World(clock=clock)

    async def begins() -> None:
        """Begin, and be cancelled."""
        task = asyncio.ensure_future(arun(keeper.current(), world))
        await anyio.lowlevel.checkpoint()
        task.cancel()

    async def goes_on() -> str:
        """Go on in another loop."""
        server.seconds = 0.0
        return (await arun(keeper.current(), world)).value

    asyncio.run(begins())
    gc.collect()

    assert "t" == asyncio.run(goes_on())[0]


def test_a_flight_that_is_dropped_before_it_begins_lands() -> None:
    """With nothing: its task was cancelled too soon. Whoever waits begins another."""
    scene = Scene()
    dropped = scene.keeper.current()
    spawned = next(dropped)
    waiting = scene.simulation.start(scene.keeper.current())
    dropped.close()
    del spawned

    assert ("t1", [None]) == (scene.simulation.finish(waiting).value, scene.server.olds)


def test_threads_share_a_flight() -> None:
    """In real time, and with the background of each."""
    clock = Clock()
    server = Server(clock, seconds=0.01)
    keeper = Keeper(server.fetch, clock=clock)
    found: list[str] = []
    barrier = threading.Barrier(16)

    def ask() -> None:
        _ = barrier.wait()
        found.append(run(keeper.current(), World(clock=clock)).value)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (["t1"] * 16, 1) == (found, len(server.olds))


class Meddled(VirtualClock):
    """A clock that has something done once, when it is next asked."""

    def __init__(self) -> None:
        super().__init__()
        self.meddle: Callable[[], object] | None = None

    def now(self) -> float:
        """The moment, after that."""
        meddle, self.meddle = self.meddle, None
        if meddle is not None:
            _ = meddle()
        return super().now()


def test_whoever_comes_as_another_lands_has_what_that_brought() -> None:
    """Nothing more is asked for."""
    clock = Meddled()
    server = Server(clock)
    keeper, world = Keeper(server.fetch, clock=clock), World(clock=clock, background=Background(0))
    clock.meddle = lambda: run(keeper.current(), world)

    assert ("t1", 1) == (run(keeper.current(), world).value, len(server.olds))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_does_not_wait_for_its_parents_flight() -> None:
    """It begins its own."""
    scene = Scene()
    _ = scene.simulation.start(scene.keeper.current())
    scene.simulation.advance(0.1)
    scene.keeper.after_fork()

    assert "t2" == scene.value()


class Shelf:
    """A store in memory, which can be looked at."""

    def __init__(self, saved: Token | None = None) -> None:
        self.saved = saved
        self.log: list[str] = []

    def load(self, key: str) -> Flow[Token | None]:
        """What there is."""
        self.log.append(f"load {key}")
        yield from ()
        return self.saved

    def save(self, key: str, token: Token) -> Flow[None]:
        """Keep it."""
        self.log.append(f"save {key}")
        yield from Sleep(1)
        self.saved = token

    def remove(self, key: str) -> Flow[None]:
        """Forget it."""
        self.log.append(f"remove {key}")
        yield from ()
        self.saved = None

    def exclusive(self, key: str, work: Callable[[], Flow[Token]]) -> Flow[Token]:
        """Nobody else is there."""
        self.log.append(f"lock {key}")
        token = yield from work()
        self.log.append("unlock")
        return token


def stored(shelf: Shelf, clock: VirtualClock, server: Server) -> Keeper:
    """A keeper with a store."""
    return Keeper(server.fetch, store=shelf, key="me", clock=clock, early=20)  # type: ignore[arg-type] # for tokens


def test_a_token_is_saved_before_it_is_used() -> None:
    """While nobody else refreshes."""
    clock, shelf = VirtualClock(), Shelf()
    server = Server(clock)
    token = Simulation(clock).run(stored(shelf, clock, server).current())

    assert ("t1", ["lock me", "load me", "save me", "unlock"], token) == (token.value, shelf.log, shelf.saved)


def test_a_token_that_was_saved_is_used() -> None:
    """Nothing is asked for."""
    clock = VirtualClock()
    shelf = Shelf(Token(value="kept", expires_at=clock.wall() + 50, lifetime=100))
    server = Server(clock)

    assert ("kept", []) == (Simulation(clock).run(stored(shelf, clock, server).current()).value, server.olds)


def test_a_token_that_was_saved_and_is_over_is_renewed() -> None:
    """By what it holds."""
    clock = VirtualClock()
    shelf = Shelf(Token(value="kept", expires_at=clock.wall() - 1, lifetime=100))
    server = Server(clock)

    assert ("t1", ["kept"]) == (Simulation(clock).run(stored(shelf, clock, server).current()).value, server.olds)


@pytest.mark.parametrize("lifetime", [100.0, None])
def test_a_token_that_was_saved_and_is_refused_is_renewed(lifetime: float | None) -> None:
    """However new it looks: a program that runs for a moment would never get another."""
    clock = VirtualClock()
    ends = None if lifetime is None else clock.wall() + lifetime
    shelf, server, simulation = (
        Shelf(Token(value="kept", expires_at=ends, lifetime=lifetime)),
        Server(clock),
        Simulation(clock),
    )
    keeper = stored(shelf, clock, server)
    old = simulation.run(keeper.current())

    assert ("t1", ["kept"]) == (simulation.run(keeper.after_refusal(old)).value, server.olds)


def test_what_another_process_has_saved_is_used_after_a_refusal() -> None:
    """The refresh token is not used twice."""
    clock, shelf = VirtualClock(), Shelf()
    server, simulation = Server(clock), Simulation(clock)
    keeper = stored(shelf, clock, server)
    old = simulation.run(keeper.current())
    simulation.advance(10)
    shelf.saved = Token(value="theirs", expires_at=clock.wall() + 100, lifetime=100)

    assert ("theirs", 1) == (simulation.run(keeper.after_refusal(old)).value, len(server.olds))


def test_a_token_is_revoked_while_nobody_else_refreshes() -> None:
    """And forgotten before anybody else may look."""
    clock, shelf = VirtualClock(), Shelf(Token(value="kept"))
    keeper = stored(shelf, clock, Server(clock))

    def revoke(token: Token) -> Flow[None]:
        shelf.log.append(f"revoke {token.value}")
        yield from Sleep(1)

    Simulation(clock).run(keeper.end(revoke))

    assert ["lock me", "load me", "revoke kept", "remove me", "unlock"] == shelf.log


def test_a_token_that_was_had_while_another_was_revoked_is_held(scene: Scene) -> None:
    """Somebody has signed in meanwhile."""
    _ = scene.value()

    def revoke(_: Token) -> Flow[None]:
        yield from scene.keeper.hold(Token(value="newer"))

    scene.simulation.run(scene.keeper.end(revoke))

    assert "newer" == scene.value()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_there_is_one_refresh_and_nobody_is_lost(seed: int) -> None:
    """Expiry, refusals, cancellations, failures and clocks that are set: as the campaign plays ten thousand times."""
    from tests.campaign.auth_interleavings import played

    report = played(seed)

    assert (1, 0) == (report.most_live, report.lost)
