"""What is played in a simulation: the calls, which of them are cancelled and when, and when the wall clock is set."""

from __future__ import annotations

import random

from restkit.testing.weather.calls import planned
from restkit.testing.weather.forecast import Weather
from restkit.testing.weather.record import Event, Made
from restkit.testing.weather.scene import Scene

HOUR = 3600.0
FEW = 6
"""How far a call comes that is cancelled, at most: effects, in a simulation."""


class Play:
    """All of it, decided by the scene's seed, and what becomes of it."""

    def __init__(self, scene: Scene, weather: Weather, calls: int, seconds: float) -> None:
        dice = random.Random(f"calls {scene.seed}")  # noqa: S311 - to be repeated, not to be secret
        self.scene: Scene = scene
        self.calls: list[Made] = planned(dice, calls, seconds)
        self.doomed: dict[int, int] = {
            each.number: 1 + int(dice.random() * FEW) for each in self.calls if dice.random() < weather.cancelled
        }
        """How far each call comes that is cancelled."""
        steps = [(dice.uniform(0, seconds), dice.choice((-HOUR, HOUR))) for _ in range(weather.clock_steps)]
        self.steps: list[tuple[float, float]] = sorted(steps)
        """When the wall clock is set, and by how much."""
        scene.record.calls = self.calls

    def set_wall(self, seconds: float) -> None:
        """Set the wall clock."""
        self.scene.clock.step(seconds)
        self._note(0, f"the wall clock is set by {seconds:+g} s")

    def end(self, made: Made, value: object, error: BaseException | None, *, is_cancelled: bool) -> None:
        """A call is over."""
        made.ended = self.scene.clock.now() - self.scene.record.began
        made.value, made.error, made.is_cancelled = value, error, is_cancelled
        said = "is cancelled" if is_cancelled else f"raises {type(error).__name__}" if error else "is done"
        self._note(made.number, said)

    def _note(self, call: int, what: str) -> None:
        record = self.scene.record
        record.trace.append(Event(self.scene.clock.now() - record.began, call, what))
