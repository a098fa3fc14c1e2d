"""The effects of whoever waits for a channel, or lets others go first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from typing_extensions import override

from restkit.flow.effects import Effect

if TYPE_CHECKING:
    from restkit.flow.world import World
    from restkit.wire.direct.channel import BlockingChannel, Channel
    from restkit.wire.direct.pace import Pace, Step


class Ready(Effect[bool]):
    """Wait until a channel is worth trying again. False if that takes longer than it may, where `patience` is given."""

    __slots__ = ("channel", "pace", "patience", "step")
    channel: Channel
    step: Step
    pace: Pace
    patience: float | None

    def __init__(self, channel: Channel, step: Step, pace: Pace, patience: float | None = None) -> None:
        self.channel, self.step, self.pace, self.patience = channel, step, pace, patience

    @override
    def block(self, world: World) -> bool:
        channel = cast("BlockingChannel", self.channel)  # only the blocking world performs it this way
        came = channel.block(self._seconds(), writing=self.step == "write")
        return came or self._late()

    @override
    async def wait(self, world: World) -> bool:
        came = await self.channel.wait(self._seconds(), writing=self.step == "write")
        return came or self._late()

    def _seconds(self) -> float | None:
        seconds = self.pace.seconds(self.step)
        if self.patience is None:
            return seconds
        return self.patience if seconds is None else min(seconds, self.patience)

    def _late(self) -> bool:
        if self.patience is None or self.pace.is_over:
            raise self.pace.late(self.step)
        return False


class Checkpoint(Effect[None]):
    """Let other tasks have their turn, and the loop read: what never has to wait would keep them from it."""

    __slots__ = ()

    @override
    def block(self, world: World) -> None:
        """Threads have their turns anyway."""

    @override
    async def wait(self, world: World) -> None:
        from anyio.lowlevel import checkpoint

        await checkpoint()
