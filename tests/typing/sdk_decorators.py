"""Decorated functions keep their types, plain and asynchronous ones, also as methods."""

from __future__ import annotations

from typing import assert_type

from restkit import Breaker, CircuitBreaker, circuit_breaker


@circuit_breaker()
def plain(number: int, *, word: str = "") -> list[str]:
    return [word] * number


@circuit_breaker(CircuitBreaker(consecutive=5), failures=(OSError, ValueError))
async def asynchronous(number: int) -> str:
    return str(number)


shared = Breaker(CircuitBreaker(name="desk"))


class Desk:
    @circuit_breaker(shared)
    def book(self, seat: int) -> str:
        return str(seat)

    @circuit_breaker(shared)
    async def look(self, seat: int) -> bytes:
        return bytes(seat)

    @staticmethod
    @circuit_breaker(shared)
    def count(seats: list[int]) -> int:
        return len(seats)


def blocking() -> None:
    assert_type(plain(1, word="x"), list[str])
    assert_type(Desk().book(7), str)
    assert_type(Desk.book(Desk(), 7), str)
    assert_type(Desk.count([1]), int)
    assert_type(plain.breaker, Breaker)
    assert_type(Desk().book.breaker, Breaker)


async def awaiting() -> None:
    assert_type(await asynchronous(1), str)
    assert_type(await Desk().look(seat=7), bytes)
