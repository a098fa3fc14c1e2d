"""The circuits of a client, or of several that share them: one for each origin, or one by name."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, cast

from restkit.admission.gate import Gate
from restkit.errors import ConfigError, InputError
from restkit.flow.forks import forks
from restkit.policies import checked
from restkit.policies.circuit_breaker import CircuitBreaker, CircuitState
from restkit.url.address import Address, address

if TYPE_CHECKING:
    import random

Key: TypeAlias = "str | tuple[str, str, int]"
"""What has a circuit: a URL, any other name, or an origin: scheme, host and port."""
MOST = 1_000
"""Circuits that are kept. A server that redirects chooses how many origins there are."""


class Breaker:
    """Circuit breakers with one policy: pass the same one to several clients, and they share what they learn.

    `dice` are what jitter is rolled with. Raises ConfigError.
    """

    def __init__(self, policy: CircuitBreaker | None = None, *, dice: random.Random | None = None) -> None:
        self.policy: CircuitBreaker = CircuitBreaker() if policy is None else checked_policy("policy", policy)
        self._dice = checked.dice("dice", dice)
        self._lock = threading.Lock()
        self._circuits: dict[str, Gate] = {}
        self._gates: dict[Key, Gate] = {}  # by whatever they were asked for: no name has to be read twice
        forks.add(self)

    @classmethod
    def of(cls, given: object, dice: random.Random | None = None) -> Breaker:
        """One that is shared, or a new one with that policy. Raises ConfigError."""
        return given if isinstance(given, Breaker) else cls(checked_policy("breaker", given), dice=dice)

    def gate(self, key: Key) -> Gate:
        """Where calls to that origin pass. Raises InputError for a URL that is none."""
        return self._gates.get(key) or self._open(key)

    def states(self) -> dict[str, CircuitState]:
        """Where each circuit stands, by the name of its origin, such as `https://api.example.com`."""
        return {gate.name: gate.facts for gate in self._all()}

    def isolate(self, key: str | tuple[str, str, int] | None = None) -> None:
        """Let nothing pass to that origin until `reset`; without a key, to none of those that there are.

        Raises InputError for what is neither an origin nor a circuit that there is: nothing would ever pass it.
        """
        for gate in self._chosen(key):
            gate.isolate()

    def reset(self, key: str | tuple[str, str, int] | None = None) -> None:
        """Close that circuit, and forget what it remembers; without a key, all that there are. Raises InputError."""
        for gate in self._chosen(key):
            gate.reset()

    def _chosen(self, key: object) -> list[Gate]:
        """Those that are meant by hand: that of a name is there before anybody passes it."""
        name = self.policy.name
        if key is None:
            return self._all() if name is None else [self.gate(name)]
        if is_origin(key) or (isinstance(key, str) and (key == name or key in self._circuits)):
            return [self.gate(key)]
        reason = "is neither an origin nor a circuit that there is"
        raise InputError("key", reason, "pass an origin such as https://api.example.com, or a name of states()")

    def _all(self) -> list[Gate]:
        with self._lock:
            return list(self._circuits.values())

    def _open(self, key: Key) -> Gate:
        name = self.policy.name or name_of(key)
        with self._lock:
            if len(self._circuits) >= MOST and name not in self._circuits:
                self._circuits, self._gates = most_needed(self._circuits), {}
            if len(self._gates) >= MOST:
                self._gates = {}
            gate = self._circuits.get(name)
            if gate is None:
                gate = self._circuits[name] = Gate(name, self.policy, self._roll)
            self._gates[key] = gate
        return gate

    def _roll(self) -> float:
        if self._dice is None:
            import random

            self._dice = random.Random()  # noqa: S311 - it spreads load, and hides nothing
        return self._dice.random()

    def after_fork(self) -> None:
        """In the child: every circuit begins anew, but those that are isolated."""
        self._lock = threading.Lock()
        for gate in self._circuits.values():
            gate.after_fork()


def checked_policy(name: str, given: object) -> CircuitBreaker:
    """A policy. Raises ConfigError."""
    if not isinstance(given, CircuitBreaker):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a CircuitBreaker")
    return given


def most_needed(circuits: dict[str, Gate]) -> dict[str, Gate]:
    """All but an eighth: those that are isolated, then those that are not closed, then those that were used last."""
    kept = sorted(circuits.values(), key=need, reverse=True)[: MOST - MOST // 8]
    return {gate.name: gate for gate in kept}


def need(gate: Gate) -> tuple[bool, bool, float]:
    """How much would be lost with a circuit."""
    return gate.state == "isolated", gate.state != "closed", gate.used


def is_origin(key: object) -> TypeGuard[Key]:
    """Whether it has the form of a URL, or of a scheme, a host and a port."""
    if isinstance(key, str):
        return "://" in key
    return isinstance(key, tuple) and [type(part) for part in cast("tuple[object, ...]", key)] == [str, str, int]


def name_of(key: Key) -> str:
    """The name of a circuit: the origin of a URL in its one spelling, any other text as it is."""
    if not isinstance(key, str):
        return str(Address(*key, target=""))
    return str(address("origin", key)._replace(target="")) if "://" in key else key
