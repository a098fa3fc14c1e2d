"""restkit's layers, each alone in clients of httpx's: `python examples/httpx_layers.py`.

Layers that are put into a `Pipeline` are a transport, which `httpx.Client` and `httpx.AsyncClient` take as any other.
The servers that are asked here run on this machine and misbehave as they are told, so it runs anywhere.
"""

from __future__ import annotations

import asyncio

import httpx

from restkit import (
    Admission,
    CircuitBreaker,
    CircuitOpen,
    Guards,
    Layer,
    Pipeline,
    Redirects,
    Retry,
    RetryPolicy,
    TruncatedBody,
)
from restkit.testing import Answered, FaultServer, Received

SOON = RetryPolicy(attempts=4, wait=0.01)
"""So that nobody has to wait for an example."""
KEY = {"X-Api-Key": "s3cr3t"}


def retried() -> None:
    """Send again what failed, but no write that may have been done."""
    with (
        FaultServer([503, "reset unanswered", "ok", "reset unanswered, applied"]) as server,
        httpx.Client(base_url=server.url, transport=Pipeline([Retry(SOON)])) as client,
    ):
        response = client.get("/books")
        print(f"Retry: {response.status_code} with the attempt {response.extensions['restkit.attempt'].number}")
        try:
            _ = client.post("/books", json={"title": "Emma"})
        except httpx.ReadError as error:
            print(f"Retry: {', '.join(error.__notes__)}; writes: {len(server.ledger.writes)}")


async def retried_awaiting() -> None:
    """Have a write that has a key sent again: the server knows it by that, and does it once."""
    with FaultServer(["reset unanswered, applied"]) as server:
        async with httpx.AsyncClient(base_url=server.url, transport=Pipeline([Retry(SOON)])) as client:
            response = await client.post("/books", json={"title": "Emma"}, headers={"Idempotency-Key": '"order-7"'})
            requests, writes = len(server.ledger.requests), len(server.ledger.writes)
            print(f"Retry, awaiting: {response.status_code}; requests: {requests}, writes: {writes}")


def admitted() -> None:
    """Stop calling a server that is not well."""
    layer = Admission(breaker=CircuitBreaker(consecutive=2))
    with (
        FaultServer([503, 503]) as server,
        httpx.Client(base_url=server.url, transport=Pipeline([layer])) as client,
    ):
        statuses = [client.get("/books").status_code for _ in range(2)]
        try:
            _ = client.get("/books")
        except CircuitOpen as error:  # one of httpx's TransportErrors as well
            print(f"Admission: {statuses}, then {type(error).__name__}; requests: {len(server.ledger.requests)}")


async def admitted_awaiting() -> None:
    """Send a hundred requests a second, two of them in flight at once."""
    layer = Admission(rate_limit=100, bulkhead=2)
    with FaultServer() as server:
        async with httpx.AsyncClient(base_url=server.url, transport=Pipeline([layer])) as client:
            began = asyncio.get_running_loop().time()
            responses = await asyncio.gather(*(client.get("/books") for _ in range(30)))
            seconds = asyncio.get_running_loop().time() - began
            connections = server.ledger.connections
            print(f"Admission, awaiting: {len(responses)} in {seconds:.2f} s over {connections} connections at most")


def guarded() -> None:
    """Hold bodies to their coding over httpx's own transport, which takes a torn one for whole."""
    with FaultServer(["truncated gzip", "truncated gzip"]) as server:
        with httpx.Client(base_url=server.url) as client:
            print(f"Guards: without them {client.get('/books').status_code}")
        with httpx.Client(base_url=server.url, transport=Pipeline([Guards()], httpx.HTTPTransport())) as client:
            try:
                _ = client.get("/books")
            except TruncatedBody as error:  # one of httpx's ReadErrors as well
                print(f"Guards: with them {type(error).__name__}, {error}")


async def guarded_awaiting() -> None:
    """Hold them to a cap."""
    transport = Pipeline([Guards(max_response_bytes=1_000_000)], httpx.AsyncHTTPTransport())
    with FaultServer(["bomb"]) as server:
        async with httpx.AsyncClient(base_url=server.url, transport=transport) as client:
            try:
                _ = await client.get("/books")
            except httpx.TransportError as error:
                print(f"Guards, awaiting: {type(error).__name__}, {error}")


def redirected() -> None:
    """Leave credentials at home; httpx takes along all but `Authorization`."""
    with FaultServer() as elsewhere:
        moved = Answered(302, fields=(("Location", f"{elsewhere.url}/books"),))

        def api(_: Received) -> Answered:
            """Send everybody there."""
            return moved

        with FaultServer(api=api) as server:
            with httpx.Client(base_url=server.url, headers=KEY, follow_redirects=True) as client:
                _ = client.get("/books")
            with httpx.Client(base_url=server.url, headers=KEY, transport=Pipeline([Redirects()])) as client:
                _ = client.get("/books")
        by_httpx, by_restkit = ("x-api-key" in request.headers for request in elsewhere.ledger.requests)
        print(f"Redirects: the key went along, with httpx's: {by_httpx}, with restkit's: {by_restkit}")


async def redirected_awaiting() -> None:
    """Refuse what leads nowhere, and know a circle when it closes."""
    with FaultServer(["redirect to a file", "redirect to itself", "redirect to itself"]) as server:
        async with httpx.AsyncClient(base_url=server.url, transport=Pipeline([Redirects()])) as client:
            for _ in range(2):
                try:
                    _ = await client.get("/books")
                except httpx.HTTPError as error:
                    print(f"Redirects, awaiting: {type(error).__name__}")


def together() -> None:
    """Put them together in the order of a client of restkit's, the first outermost."""
    layers: list[Layer] = [Redirects(), Retry(SOON), Admission(rate_limit=100, bulkhead=10, breaker=CircuitBreaker())]
    with (
        FaultServer([503, "reset unanswered"]) as server,
        httpx.Client(base_url=server.url, transport=Pipeline(layers)) as client,
    ):
        print(f"Together: {client.get('/books').status_code}, requests: {len(server.ledger.requests)}")


async def awaiting() -> None:
    """The same layers, in the other world."""
    await retried_awaiting()
    await admitted_awaiting()
    await guarded_awaiting()
    await redirected_awaiting()


if __name__ == "__main__":
    retried()
    admitted()
    guarded()
    redirected()
    together()
    asyncio.run(awaiting())
