"""The gate of one circuit: many threads, tasks and loops pass it and tell what came of it.

Theory of operation. A closed gate takes no lock to let calls pass: what a racing change could spoil is the number that
a call is given, and a wrong one means nothing. What came of a call may be told by a finalizer, on the very thread that
holds the lock, so telling never waits for it: it is noted, and whoever holds the lock settles the notes when done.
Changes are told to the listener when the lock has been given back.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from collections import deque
from typing import NamedTuple

from restkit.errors import CircuitOpen
from restkit.policies.circuit import Circuit, Roll
from restkit.policies.circuit_breaker import CircuitBreaker, CircuitChange, CircuitState, State
from restkit.policies.verdict import Verdict

logger: logging.Logger = logging.getLogger("restkit")


class Note(NamedTuple):
    """What came of a call."""

    number: int
    verdict: Verdict
    elapsed: float
    now: float


class Gate:
    """Where calls pass a circuit, or do not. `used` is the moment when one last did."""

    __slots__ = ("_changes", "_circuit", "_lock", "_notes", "_roll", "name", "policy", "used")
    name: str
    policy: CircuitBreaker
    used: float

    def __init__(self, name: str, policy: CircuitBreaker, roll: Roll) -> None:
        self.name, self.policy, self._roll = name, policy, roll
        self.used = -math.inf
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._circuit = Circuit(self.policy, self._roll)
        self._notes: deque[Note] = deque()
        self._changes: deque[CircuitChange] = deque()

    @property
    def state(self) -> State:
        """Closed, open, half open or isolated."""
        return self._circuit.state

    @property
    def facts(self) -> CircuitState:
        """Where the circuit stands."""
        self._settle()
        with self._lock:
            facts = self._circuit.facts
        self._settle()
        return facts

    def peek(self, now: float) -> float | None:
        """Seconds until a call may pass, at most; None if it may now; infinite while the circuit is isolated."""
        if self._circuit.state == "closed":
            return None
        with self._lock:
            seconds = self._circuit.wait(now)
        self._settle()
        return seconds

    def pass_closed(self, now: float) -> Permit | None:
        """Pass, if the circuit is closed, as it nearly always is: nobody need know of a lease then."""
        self.used = now
        circuit = self._circuit
        return Permit(self, circuit.number) if circuit.state == "closed" else None

    def enter(self, now: float, lease: float) -> Permit | None:
        """Pass, if that is allowed. While the circuit is half open the permit is given up after `lease` seconds."""
        permit = self.pass_closed(now)
        if permit is not None:
            return permit
        circuit = self._circuit
        with self._lock:
            before = circuit.state
            number = circuit.admit(now, lease)
            self._note_change(before)
        self._settle()
        return None if number is None else Permit(self, number)

    def refusal(self, seconds: float | None) -> CircuitOpen:
        """The error for who may not pass for so many seconds."""
        known = seconds if seconds is not None and seconds < math.inf else None
        return CircuitOpen(f"the circuit of {self.name} is not closed: nothing was sent", retry_after=known)

    def isolate(self) -> None:
        """Let nothing pass until `reset`."""
        with self._lock:
            before = self._circuit.state
            self._circuit.isolate()
            self._note_change(before)
        self._settle()

    def reset(self) -> None:
        """Begin anew: closed, with nothing remembered."""
        with self._lock:
            before = self._circuit.state
            self._circuit.reset()
            self._note_change(before)
        self._settle()

    def tell(self, number: int, verdict: Verdict, elapsed: float, now: float) -> None:
        """Hear what came of a call, now or as soon as the lock is free."""
        if not self._notes and self._circuit.is_unmoved_by(number, verdict, elapsed):
            return
        if self._notes or not self._lock.acquire(False):  # noqa: FBT003 - half as long as by keyword, in every call
            self._notes.append(Note(number, verdict, elapsed, now))
        else:
            try:
                circuit = self._circuit
                before = circuit.state
                circuit.record(number, verdict, elapsed, now)
                if circuit.state != before:
                    self._note_change(before)
            finally:
                self._lock.release()
        if self._notes or self._changes:
            self._settle()

    def _note_change(self, before: State) -> None:
        after = self._circuit.state
        if after != before:
            self._changes.append(CircuitChange(self.name, before, after))

    def _settle(self) -> None:
        while self._notes and self._lock.acquire(blocking=False):
            try:
                while self._notes:
                    before = self._circuit.state
                    self._circuit.record(*self._notes.popleft())
                    self._note_change(before)
            finally:
                self._lock.release()
        with contextlib.suppress(IndexError):  # until there are none, whoever tells the last one
            while self._changes:
                self._announce(self._changes.popleft())

    def _announce(self, change: CircuitChange) -> None:
        if self.policy.on_change is None:
            return
        try:
            _ = self.policy.on_change(change)
        except Exception:
            logger.exception("a listener of a circuit failed, and the call went on")

    def after_fork(self) -> None:
        """In the child: the lock and the calls under way are the parent's. It begins anew, but stays isolated."""
        was_isolated = self._circuit.state == "isolated"
        self._begin()
        if was_isolated:
            self._circuit.isolate()


class Permit:
    """The right to one call, until it has been told what came of it."""

    __slots__ = ("_gate", "_number")

    def __init__(self, gate: Gate, number: int) -> None:
        self._gate: Gate | None = gate
        self._number = number

    def settle(self, verdict: Verdict, elapsed: float, now: float) -> None:
        """Tell what came of the call, which took `elapsed` seconds: once, later calls do nothing. Never waits."""
        gate = self._gate
        if gate is not None:
            self._gate = None
            gate.tell(self._number, verdict, elapsed, now)
