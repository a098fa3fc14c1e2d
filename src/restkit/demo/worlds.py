"""The two worlds: the same calls, made with a blocking client and with an awaiting one."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import cast

import anyio

from restkit import AsyncPages, Pages, Response
from restkit.demo.call import Call
from restkit.demo.sdk import AsyncLibrary, Library
from restkit.demo.trial import Performed, Trial


def block(trial: Trial, calls: Sequence[Call]) -> None:
    """Make the calls with a blocking client."""
    with Library(**trial.settings) as library:
        for call in calls:
            with trial.of(call) as performed:
                settle(call.does(library), performed)


def wait(trial: Trial, calls: Sequence[Call], backend: str = "asyncio") -> None:
    """Make the calls with an awaiting client, on asyncio or trio."""
    anyio.run(wait_for, trial, calls, backend=backend)


async def wait_for(trial: Trial, calls: Sequence[Call]) -> None:
    """Make the calls with an awaiting client."""
    async with AsyncLibrary(**trial.settings) as library:
        for call in calls:
            with trial.of(call, "await") as performed:
                await asettle(call.does(cast("Library", library)), performed)  # `Does` says how it is called


def settle(given: object, performed: Performed) -> None:
    """What a blocking client gave, to its end: iterated over, or opened and read."""
    if isinstance(given, Pages):
        performed.how = "for each in"
        performed.answer = list(cast("Iterable[object]", given))  # of whatever
    elif isinstance(given, AbstractContextManager):
        performed.how = "with"
        with cast("AbstractContextManager[Response]", given) as response:  # the only one a client gives
            performed.answer = list(response.iter_lines())
    else:
        performed.answer = given


async def asettle(given: object, performed: Performed) -> None:
    """What an awaiting client gave, to its end."""
    if isinstance(given, AsyncPages):
        performed.how = "async for each in"
        performed.answer = [item async for item in cast("AsyncIterable[object]", given)]  # of whatever
    elif isinstance(given, AbstractAsyncContextManager):
        performed.how = "async with"
        async with cast("AbstractAsyncContextManager[Response]", given) as response:  # the only one a client gives
            performed.answer = [line async for line in response.aiter_lines()]
    else:
        performed.answer = await cast("Awaitable[object]", given)  # whatever else a client gives
