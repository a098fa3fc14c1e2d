"""The bulkhead's slots: shared by strands, threads and tasks, in order, and never lost."""

from __future__ import annotations

import gc
from typing import Any

import anyio
import pytest

from restkit import Bulkhead, BulkheadFull, ConfigError, Flow, QueueFull, Sleep, World
from restkit.admission.slots import KEPT, Room, Slots
from restkit.flow import run
from restkit.flow.awaiting import arun
from restkit.flow.forks import forks
from restkit.testing import Simulation, Stepper
from tests.admission.worlds import cancel_most, in_threads

WHERE = "https://api.test"


def use(slots: Slots, log: list[int], number: int = 0, until: float | None = None) -> Flow[None]:
    """Have a slot for a second, and note it."""
    room = yield from slots.wait(WHERE, 1_000.0, until)
    try:
        log.append(number)
        yield from Sleep(1.0)
    finally:
        room.release()


def taken(slots: Slots) -> Room:
    """A room in which a slot was taken."""
    room = slots.room(WHERE)
    assert room.take()
    return room


def test_no_more_are_in_flight_than_there_are_slots() -> None:
    """And those that wait come in their order."""
    simulation, slots, log = Simulation(), Slots(3), list[int]()

    simulation.run_all(*(use(slots, log, number) for number in range(10)))

    assert (list(range(10)), 1_004.0, 0, 0) == (log, simulation.clock.now(), slots.used, slots.waiting)


def test_a_newcomer_does_not_overtake() -> None:
    """While anybody waits no slot is taken at once."""
    slots = Slots(1)
    room = taken(slots)
    waiting = Stepper(slots.wait(WHERE, 0.0, None))
    room.slots.append(None)  # come back, and not yet handed on

    assert (False, False) == (room.take(), waiting.is_over)


def test_who_waits_too_long_is_refused() -> None:
    """At its moment, and its place in the line is gone."""
    simulation, slots = Simulation(), Slots(1)
    room = taken(slots)

    (error,) = simulation.run_all(use(slots, [], until=1_005.0))

    assert (BulkheadFull, 1_005.0, 0) == (type(error), simulation.clock.now(), slots.waiting)
    room.release()
    assert 0 == slots.used


@pytest.mark.parametrize(
    ("most", "until", "moment"), [(2.0, None, 1_002.0), (2.0, 1_001.0, 1_001.0), (0.0, None, 1_000.0)]
)
def test_a_bulkhead_may_bound_the_wait(most: float, until: float | None, moment: float) -> None:
    """Besides the deadline."""
    simulation, slots = Simulation(), Slots(1, max_wait=most)
    _ = taken(slots)

    (error,) = simulation.run_all(use(slots, [], until=until))

    assert (BulkheadFull, moment) == (type(error), simulation.clock.now())


def test_the_line_is_bounded() -> None:
    """Who finds it full is refused at once."""
    slots = Slots(1, queue=2)
    _ = taken(slots)
    waiting = [Stepper(slots.wait(WHERE, 0.0, None)) for _ in range(2)]

    with pytest.raises(QueueFull, match="2 requests wait for a slot already"):
        next(slots.wait(WHERE, 0.0, None))

    assert len(waiting) == slots.waiting


def test_who_leaves_the_line_takes_nothing_along() -> None:
    """Nor does who leaves when the slot has come already."""
    slots = Slots(1)
    room = taken(slots)
    first, second = (Stepper(slots.wait(WHERE, 0.0, None)) for _ in range(2))

    first.cancel()
    room.release()
    second.cancel()

    assert (0, 0) == (slots.used, slots.waiting)


def test_a_slot_whose_waiter_has_gone_goes_to_the_next() -> None:
    """Though its ticket stood in the line still."""
    slots = Slots(1)
    room = taken(slots)
    first, second = (Stepper(slots.wait(WHERE, 0.0, None)) for _ in range(2))
    with room._lock:  # noqa: SLF001 - who holds it, is being simulated
        first.cancel()

    assert 2 == slots.waiting
    room.release()
    second.answer()
    assert (1, 0) == (slots.used, slots.waiting)


def test_a_finalizer_never_waits_for_the_lock() -> None:
    """It may run on the thread that holds it: the slot is handed on when the lock is free."""
    slots = Slots(1)
    room = taken(slots)
    waiting = Stepper(slots.wait(WHERE, 0.0, None))

    class Forgotten:
        """Given back by the collector alone."""

        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            room.release()

    Forgotten()
    with room._lock:  # noqa: SLF001 - the collector may run at any time
        gc.collect()
    assert 1 == slots.waiting
    room._settle()  # noqa: SLF001 - as whoever holds the lock does afterwards
    waiting.answer()

    assert (1, 0) == (slots.used, slots.waiting)


def test_a_newcomer_may_be_faster_than_the_line() -> None:
    """The one slot was gone when it was to be handed on: who waits goes on waiting."""
    slots = Slots(1)
    room = taken(slots)
    waiting = Stepper(slots.wait(WHERE, 0.0, None))

    class Vanishing(list[None]):
        """Slots that somebody else takes first."""

        def pop(self, *_: Any) -> None:
            """Come too late."""
            self.clear()
            raise IndexError

    room.slots = Vanishing()
    room.release()

    assert (1, False) == (slots.waiting, waiting.is_over)


def test_rooms_that_nobody_uses_are_closed_when_there_are_many() -> None:
    """And those in use are kept."""
    slots = Slots(2)
    used = taken(slots)
    for number in range(KEPT * 3):
        room = slots.room(number)
        assert room.take()
        room.release()

    assert (True, True) == (slots.room(WHERE) is used, len(slots._rooms) <= KEPT + 1)  # noqa: SLF001 - what is bounded
    assert 1 == slots.used


def test_who_comes_into_a_closed_room_is_shown_to_another() -> None:
    """It was found just before it was closed."""
    slots = Slots(1)
    old = slots.room(WHERE)
    assert old.close()
    assert not old.take()
    with pytest.raises(StopIteration) as stop:
        next(old.wait(0.0, None))
    del slots._rooms[WHERE]  # noqa: SLF001 - as the one who closed it does

    with pytest.raises(StopIteration) as other:
        next(slots.wait(WHERE, 0.0, None))

    assert (False, True) == (stop.value.value, other.value.value is slots.room(WHERE))


def test_who_found_a_closed_room_looks_again() -> None:
    """Until it finds the new one."""
    slots = Slots(1)
    old = slots.room(WHERE)
    rooms = [old, Room(1, 9, None)]
    assert old.close()
    slots.room = lambda _: rooms.pop(0)

    with pytest.raises(StopIteration):
        next(slots.wait(WHERE, 0.0, None))

    assert [] == rooms


def test_a_room_in_use_is_not_closed() -> None:
    """Its slots come back."""
    slots = Slots(2)
    room = taken(slots)

    assert (False, 1) == (room.close(), len(room.slots))


def test_in_a_forked_child_all_slots_are_free() -> None:
    """Who held them were the parent's threads; what they give back goes nowhere."""
    slots = Slots(1)
    room = taken(slots)
    slots.after_fork()
    room.release()

    assert (0, True) == (slots.used, slots in forks)


async def test_tasks_share_slots_in_order() -> None:
    """As many at once as there are slots."""
    slots, log = Slots(2), list[int]()
    world = World()

    def quick(number: int) -> Flow[None]:
        """Have a slot for a moment."""
        room = yield from slots.wait(WHERE, 0.0, None)
        log.append(number)
        yield from Sleep(0)
        room.release()

    async with anyio.create_task_group() as group:
        for number in range(300):
            group.start_soon(arun, quick(number), world)

    assert (300, 0, 0) == (len(log), slots.used, slots.waiting)


def test_threads_and_loops_share_slots() -> None:
    """Blocking, on asyncio and on trio at once; no slot is lost, and never are there more."""
    slots, world = Slots(3), World()
    inside, most, done = list[None](), list[int](), list[int]()

    def quick() -> Flow[None]:
        room = yield from slots.wait(WHERE, 0.0, None)
        inside.append(None)
        most.append(len(inside))
        yield from Sleep(0)
        inside.pop()
        done.append(1)
        room.release()

    async def main() -> None:
        """Many tasks."""
        async with anyio.create_task_group() as group:
            for _ in range(200):
                group.start_soon(arun, quick(), world)

    in_threads(lambda: [run(quick(), world) for _ in range(50)], main)

    assert (600, True, 0, 0) == (len(done), max(most) <= 3, slots.used, slots.waiting)


@pytest.mark.parametrize("seed", range(5))
def test_cancellations_lose_no_slot(seed: int) -> None:
    """2,000 flows, most of them cancelled somewhere; the next ones find every slot."""
    simulation, slots, log = Simulation(seed=seed), Slots(4), list[int]()
    strands = [simulation.start(use(slots, log, at, 1_000.0 + (at % 2) * 100)) for at in range(2_000)]

    cancel_most(simulation, strands, seed)

    assert (0, 0, True) == (slots.used, slots.waiting, len(log) > 100)
    assert [None] * 20 == simulation.run_all(*(use(slots, log) for _ in range(20)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"size": 0}, "Bulkhead.size"),
        ({"size": True}, "Bulkhead.size"),
        ({"size": 2.5}, "Bulkhead.size"),
        ({"queue": -1}, "Bulkhead.queue"),
        ({"max_wait": -1}, "Bulkhead.max_wait"),
        ({"max_wait": float("nan")}, "Bulkhead.max_wait"),
        ({"max_wait": True}, "Bulkhead.max_wait"),
        ({"max_wait": "5"}, "Bulkhead.max_wait"),
    ],
)
def test_a_bulkhead_is_checked(wrong: Any, field: str) -> None:
    """By name, when it is made."""
    with pytest.raises(ConfigError) as caught:
        Bulkhead(**wrong)

    assert field == caught.value.field


def test_a_bulkhead_may_wait_for_no_seconds_or_for_all() -> None:
    """0 refuses, None waits."""
    assert (0.0, None) == (Bulkhead(max_wait=0.0).max_wait, Bulkhead().max_wait)
