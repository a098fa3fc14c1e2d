"""api-client: a method that calls `self.get`; it stands on requests, answers dicts, and blocks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module

apiclient = import_module("apiclient")


@contextmanager
def blocking(address: str | None) -> Generator[Callable[[int], object]]:
    """Fetch users as dicts, which is as typed as it gets."""
    client = apiclient.APIClient(response_handler=apiclient.JsonResponseHandler)
    with client.get_session():
        yield lambda number: client.get(f"{address}/users/{number}")
