"""What tests of an SDK are written with: time that does not pass, answers from a script, many calls in one thread.

    VirtualClock       time passes only by being slept through; `run_asyncio` and `run_trio` run a coroutine in it
    ScriptedTransport  answers from a script, and says what nobody scripted; `answer` writes an answer
    Simulation         the third engine: any number of calls at once, in one thread and without a loop, replayable
    Stepper            a flow, stepped by hand
    FaultServer        a real server that misbehaves as it is told; `FAULTS` is the table of what it can do
    simulate           a whole client in bad weather, decided by a seed: its report says which promise was broken

pytest finds the fixtures `virtual_clock`, `scripted_transport`, `simulation` and `fault_server` by itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from restkit.testing.bodies import ScriptedBody, answer
    from restkit.testing.clock import VirtualClock
    from restkit.testing.faults.fault import Fault
    from restkit.testing.faults.plan import by_chance
    from restkit.testing.faults.server import FaultServer
    from restkit.testing.faults.table import FAULTS
    from restkit.testing.items import Items
    from restkit.testing.ledger import Answered, Ledger, Received, Write
    from restkit.testing.loops import run_asyncio, run_trio
    from restkit.testing.simulation import Simulation
    from restkit.testing.stepper import Stepper
    from restkit.testing.strand import AskedOnTheWayOut, Step, Strand
    from restkit.testing.threads import Deadlock
    from restkit.testing.transport import ScriptedTransport
    from restkit.testing.weather.forecast import CALM, Weather
    from restkit.testing.weather.report import Broken, Report
    from restkit.testing.weather.scene import Scene
    from restkit.testing.weather.simulate import simulate

_HOME_OF = {
    "CALM": "weather.forecast",
    "FAULTS": "faults.table",
    "Answered": "ledger",
    "AskedOnTheWayOut": "strand",
    "Broken": "weather.report",
    "Deadlock": "threads",
    "Fault": "faults.fault",
    "FaultServer": "faults.server",
    "Items": "items",
    "Ledger": "ledger",
    "Received": "ledger",
    "Report": "weather.report",
    "Scene": "weather.scene",
    "ScriptedBody": "bodies",
    "ScriptedTransport": "transport",
    "Simulation": "simulation",
    "Step": "strand",
    "Stepper": "stepper",
    "Strand": "strand",
    "VirtualClock": "clock",
    "Weather": "weather.forecast",
    "Write": "ledger",
    "answer": "bodies",
    "by_chance": "faults.plan",
    "run_asyncio": "loops",
    "run_trio": "loops",
    "simulate": "weather.simulate",
}
"""Loaded when first used: pytest loads this package with its plugin, before anybody could choose httpx2."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'restkit.testing' has no attribute {name!r}", name=name)
    found = globals()[name] = getattr(import_module(f"restkit.testing.{home}"), name)
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])


__all__ = [
    "CALM",
    "FAULTS",
    "Answered",
    "AskedOnTheWayOut",
    "Broken",
    "Deadlock",
    "Fault",
    "FaultServer",
    "Items",
    "Ledger",
    "Received",
    "Report",
    "Scene",
    "ScriptedBody",
    "ScriptedTransport",
    "Simulation",
    "Step",
    "Stepper",
    "Strand",
    "VirtualClock",
    "Weather",
    "Write",
    "answer",
    "by_chance",
    "run_asyncio",
    "run_trio",
    "simulate",
]
