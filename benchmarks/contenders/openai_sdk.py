"""The OpenAI SDK's client, given another API: its own typed GET."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module

import httpx

from benchmarks.contenders.by_hand import NOWHERE
from benchmarks.contenders.pydantic_user import model
from benchmarks.null import Null

openai = import_module("openai")
User = model(openai.BaseModel)


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], object]]:
    """Fetch typed users."""
    transport = None if address else httpx.Client(transport=Null())
    with openai.OpenAI(api_key="none", base_url=address or NOWHERE, http_client=transport) as client:
        yield lambda number: client.get(f"/users/{number}", cast_to=User)


@asynccontextmanager
async def awaiting(address: str | None) -> AsyncGenerator[Callable[[int], Awaitable[object]]]:
    """Fetch typed users, awaiting."""
    transport = None if address else httpx.AsyncClient(transport=Null())
    async with openai.AsyncOpenAI(api_key="none", base_url=address or NOWHERE, http_client=transport) as client:
        yield lambda number: client.get(f"/users/{number}", cast_to=User)
