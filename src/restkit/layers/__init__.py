"""How a call travels: one behaviour, one file. Their order stands in `restkit.stack`."""

from restkit.layers.deadline import Deadline
from restkit.layers.hooks import Hooks
from restkit.layers.log import Log
from restkit.layers.observe import (
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CallStarted,
    Observe,
    Observer,
)

__all__ = [
    "AttemptEnded",
    "AttemptStarted",
    "CallEnded",
    "CallStarted",
    "Deadline",
    "Hooks",
    "Log",
    "Observe",
    "Observer",
]
