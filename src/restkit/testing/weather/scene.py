"""Where a simulation takes place: what a client is made with there, and what is looked at meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from typing_extensions import TypeVar, Unpack

from restkit.mode import Async, Sync
from restkit.testing.clock import VirtualClock
from restkit.testing.weather.record import Record
from restkit.testing.weather.wire import Wire

if TYPE_CHECKING:
    from restkit.client import Client
    from restkit.settings import Keywords
    from restkit.testing.weather.forecast import Weather
    from restkit.testing.weather.report import Engine

C = TypeVar("C", bound="Client[Any]")
URL = "http://api.test"


class Scene:
    """A world with a clock, dice, a wire and a server of its own."""

    def __init__(self, seed: int, weather: Weather, engine: Engine) -> None:
        self.seed: int = seed
        self.engine: Engine = engine
        self.clock: VirtualClock = VirtualClock()
        self.dice: random.Random = random.Random(f"client {seed}")  # noqa: S311 - to be repeated, not to be secret
        """What the client's jitter is rolled with."""
        self.record: Record = Record(self.clock.now())
        self.wire: Wire = Wire(weather, seed, self.clock, self.record)
        """The client's transport."""
        self._gauges: dict[str, Callable[[], object]] = {}
        self.wire.gauges = self._gauges

    def client(self, kind: type[C], **settings: Unpack[Keywords]) -> C:
        """A client of this kind that lives here, in the world that the engine asks for; with further settings."""
        told: Keywords = {
            "base_url": URL,
            "clock": self.clock,
            "dice": self.dice,
            "transport": self.wire,
            **settings,
        }
        made: C = self.kind_of(kind)(**told)
        return made

    def kind_of(self, kind: type[C]) -> Any:  # noqa: ANN401 - the same client in the other world, which is another type
        """That kind of client, in the world that the engine asks for."""
        return kind.__class_getitem__(Sync if self.engine == "simulation" else Async)

    def gauge(self, name: str, read: Callable[[], object]) -> None:
        """Have `read()` looked at: before the first call, at each send, and when all calls are over."""
        self._gauges[name] = read

    def look(self) -> dict[str, object]:
        """What the gauges show."""
        return {name: read() for name, read in self._gauges.items()}
