"""Decorated functions keep their types, plain and asynchronous ones, also as methods."""

from __future__ import annotations

from typing import assert_type

from restkit import Breaker, CircuitBreaker, RateLimiter, RetryPolicy, circuit_breaker, rate_limit, retry


@circuit_breaker()
def plain(number: int, *, word: str = "") -> list[str]:
    return [word] * number


@circuit_breaker(CircuitBreaker(consecutive=5), failures=(OSError, ValueError))
async def asynchronous(number: int) -> str:
    return str(number)


shared = Breaker(CircuitBreaker(name="desk"))


@retry(RetryPolicy(attempts=5))
def again(number: int) -> bytes:
    return bytes(number)


@rate_limit(10)
async def in_turn(number: int) -> bytes:
    return bytes(number)


class Desk:
    @circuit_breaker(shared)
    def book(self, seat: int) -> str:
        return str(seat)

    @circuit_breaker(shared)
    async def look(self, seat: int) -> bytes:
        return bytes(seat)

    @retry(5)
    async def insist(self, seat: int) -> bytes:
        return bytes(seat)

    @rate_limit(10, deadline=5)
    def wait(self, seat: int) -> bytes:
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
    assert_type(again(number=1), bytes)
    assert_type(again.policy, RetryPolicy)
    assert_type(in_turn.limiter, RateLimiter)
    assert_type(Desk().wait(1), bytes)
    assert_type(plain.breaker, Breaker)
    assert_type(Desk().book.breaker, Breaker)


async def awaiting() -> None:
    assert_type(await asynchronous(1), str)
    assert_type(await in_turn(1), bytes)
    assert_type(await Desk().insist(seat=7), bytes)
    assert_type(await Desk().look(seat=7), bytes)
