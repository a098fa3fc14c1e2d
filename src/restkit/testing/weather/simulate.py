"""A whole client, simulated: many calls at once in bad weather, all of it decided by a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs

from restkit.testing.weather.calls import items
from restkit.testing.weather.checks import ALWAYS
from restkit.testing.weather.forecast import Weather
from restkit.testing.weather.play import Play
from restkit.testing.weather.report import Check, Engine, Report
from restkit.testing.weather.scene import Scene
from restkit.testing.weather.stage import in_one_thread

if TYPE_CHECKING:
    from restkit.client import Client
    from restkit.mode import Async, Sync


def simulate(  # noqa: PLR0913 - by keyword, and each has a default
    client: type[Client[Any]] | Callable[[Scene], Client[Any]],
    seed: int,
    *,
    calls: int = 100,
    seconds: float = 60.0,
    weather: Weather | None = None,
    engine: Engine = "simulation",
    checks: Sequence[Check] = (),
) -> Report:
    """Have a client make many calls of all methods within so many seconds, in bad weather, and look what comes of it.

        simulate(Acme, seed=7).check()

    Parameters: `client`, its class, or a function of the `Scene` that makes it, such as
    `lambda scene: scene.client(Acme, deadline=10.0)`; `seed`, which decides everything: the same one gives the same
    trace; `weather`, what goes wrong, and how often; `engine`, whether the calls run in the simulation's one thread, or
    as tasks of asyncio or trio, in virtual time as well; `checks`, what must hold besides what always must.

    On trio the order of tasks is trio's own, so that there a seed may not repeat exactly.
    """
    weather = Weather() if weather is None else weather
    scene = Scene(seed, weather, engine)
    play = Play(scene, weather, calls, seconds)
    scene.wire.items.contents.update(items(play.calls))
    made = entered(client, scene)
    scene.record.before = scene.look()
    if engine == "simulation":
        in_one_thread(cast("Client[Sync]", made), play)
    else:
        from restkit.testing.weather.awaited import in_tasks

        in_tasks(cast("Client[Async]", made), play)
    scene.record.after = scene.look()
    return judged(scene, made.settings.deadline, checks)


def entered(client: type[Client[Any]] | Callable[[Scene], Client[Any]], scene: Scene) -> Client[Any]:
    """The client, made for the scene."""
    if isinstance(client, type):
        return scene.client(cast("type[Client[Any]]", client))  # no other class makes one of a scene
    return client(scene)


def judged(scene: Scene, deadline: float | None, checks: Sequence[Check]) -> Report:
    """What came of it."""
    record, wire = scene.record, scene.wire
    report = Report(
        seed=scene.seed,
        engine=scene.engine,
        calls=record.calls,
        sends=record.sends,
        ledger=wire.ledger,
        trace=record.trace,
        left_open=sum(not each.is_over for each in wire.bodies),
        deadline=deadline,
        before=record.before,
        after=record.after,
    )
    broken = [broken for check in (*ALWAYS, *checks) for broken in check(report)]
    return attrs.evolve(report, broken=tuple(broken))
