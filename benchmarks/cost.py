"""What a piece of work costs: CPU time of the whole process, instructions where the kernel counts them, and time."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import time
from collections.abc import Callable

from attrs import frozen

SYSCALL = {"x86_64": 298, "aarch64": 241}
"""The number of perf_event_open(2) by kind of machine."""

ATTRIBUTES = 112
"""Bytes of the structure that describes an event."""

INHERIT = 1 << 1
EXCLUDE_KERNEL = 1 << 5
EXCLUDE_HYPERVISOR = 1 << 6


@frozen
class Cost:
    """Seconds of CPU, instructions retired if they could be counted, and the seconds that passed meanwhile."""

    cpu: float
    instructions: float | None = None
    wall: float = 0.0

    def per(self, count: int) -> Cost:
        """Share it out over so many calls."""
        counted = None if self.instructions is None else self.instructions / count
        return Cost(self.cpu / count, counted, self.wall / count)

    def less(self, common: Cost) -> Cost:
        """Take off what it has in common with another."""
        if self.instructions is None or common.instructions is None:
            return Cost(self.cpu - common.cpu)
        return Cost(self.cpu - common.cpu, self.instructions - common.instructions)


def nothing_counted() -> None:
    """Stand in for the counter where the kernel has none for us."""


def instruction_counter() -> Callable[[], int | None]:
    """Open a counter of this process's instructions, threads and children to come included."""
    number = SYSCALL.get(platform.machine())
    if number is None or platform.system() != "Linux":
        return nothing_counted
    for excluded in (EXCLUDE_HYPERVISOR, EXCLUDE_HYPERVISOR | EXCLUDE_KERNEL):
        descriptor = perf_event_open(number, INHERIT | excluded)
        if descriptor >= 0:
            return lambda: int(struct.unpack("<Q", os.read(descriptor, 8))[0])
    return nothing_counted


def perf_event_open(number: int, flags: int) -> int:
    """Ask the kernel for a hardware counter of instructions; negative if it has none for us."""
    described = bytearray(ATTRIBUTES)
    hardware, instructions = 0, 1
    struct.pack_into("<IIQQQQQ", described, 0, hardware, ATTRIBUTES, instructions, 0, 0, 0, flags)
    buffer = (ctypes.c_char * ATTRIBUTES).from_buffer(described)
    this_process, any_cpu, no_group = 0, -1, -1
    return int(ctypes.CDLL(None).syscall(number, buffer, this_process, any_cpu, no_group, 0))


class Meter:
    """Measures pieces of work in this process."""

    def __init__(self) -> None:
        """Open the counter once; it goes on for the life of the process."""
        self._instructions = instruction_counter()

    def measure(self, work: Callable[[], object]) -> Cost:
        """Do the work and say what it cost."""
        counted, began, start = self._instructions(), time.perf_counter(), time.process_time()
        _ = work()
        end, ended, total = time.process_time(), time.perf_counter(), self._instructions()
        return Cost(end - start, None if counted is None or total is None else total - counted, ended - began)
