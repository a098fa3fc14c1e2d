"""Flows: behaviour that asks for effects, and the engines that perform them.

Start with `effects.py`; `blocking.py` and `awaiting.py` are the two engines.
"""

from typing import TYPE_CHECKING, Any

from restkit.flow.background import Background, Spawn
from restkit.flow.blocking import iterate, run
from restkit.flow.body import Body, Ended, when_over
from restkit.flow.clock import Clock
from restkit.flow.deadline import Limit
from restkit.flow.effects import (
    Ask,
    Effect,
    Emit,
    Emitting,
    Flow,
    Open,
    Sleep,
    Steps,
    Wait,
    close,
    next_item,
    read,
)
from restkit.flow.outgoing import Outgoing, is_callers, is_replayable
from restkit.flow.promise import Abandoned, Promise
from restkit.flow.send import Send
from restkit.flow.world import Transport, World

if TYPE_CHECKING:
    from restkit.flow.race import Race


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's way to load Race when it is first used
    if name != "Race":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from restkit.flow.race import Race

    return Race


__all__ = [
    "Abandoned",
    "Ask",
    "Background",
    "Body",
    "Clock",
    "Effect",
    "Emit",
    "Emitting",
    "Ended",
    "Flow",
    "Limit",
    "Open",
    "Outgoing",
    "Promise",
    "Race",
    "Send",
    "Sleep",
    "Spawn",
    "Steps",
    "Transport",
    "Wait",
    "World",
    "close",
    "is_callers",
    "is_replayable",
    "iterate",
    "next_item",
    "read",
    "run",
    "when_over",
]
