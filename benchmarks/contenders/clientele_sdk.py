"""clientele: a decorated function that is handed the typed result."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

from benchmarks.contenders.by_hand import NOWHERE
from benchmarks.contenders.pydantic_user import model
from benchmarks.null import Null

api = import_module("clientele.api")
backend = import_module("clientele.http.httpx_backend")
User = model()


def client_for(address: str | None) -> Any:  # noqa: ANN401 - the peer's class is not known where types are checked
    """Make a client on the stock transport, or on none."""
    if address:
        return api.APIClient(base_url=address)
    nowhere = backend.HttpxHTTPBackend({"base_url": NOWHERE, "transport": Null()})
    return api.APIClient(config=api.BaseConfig(base_url=NOWHERE, http_backend=nowhere))


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], object]]:
    """Fetch typed users."""
    client = client_for(address)

    def fetch(id: int, result: object) -> object:
        _ = id
        return result

    fetch.__annotations__ = {"id": int, "result": User, "return": User}
    _ = client.config.http_backend.build_client()
    yield client.get("/users/{id}")(fetch)
    client.close()


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[object]]]:
    """Fetch typed users, awaiting."""
    client = client_for(address)

    async def fetch(id: int, result: object) -> object:
        _ = id
        return result

    fetch.__annotations__ = {"id": int, "result": User, "return": User}
    yield client.get("/users/{id}")(fetch)
    await client.aclose()
