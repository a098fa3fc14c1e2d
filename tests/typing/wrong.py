"""What a type checker must refuse."""

from __future__ import annotations

from tests.typing.sdk import Acme, AsyncAcme, User


async def wrong_with() -> None:
    async with Acme() as client:  # error
        print(client)


def wrong_async_with() -> None:
    with AsyncAcme() as client:  # error
        print(client)


def wrong_calls() -> None:
    client = Acme()
    client.users.suspend_all.raw()  # error
    client.users.suspend(1)  # error
    client.users.suspend("x", reason="y")  # error
    client.users.get.with_options(deadlines=1)  # error
    Acme(base_uri="https://api.acme.test")  # error
    Acme(timeout="5")  # error
    name: str = client.users.get(1)  # error
    print(name)


async def wrong_awaits() -> None:
    client = AsyncAcme()
    user: User = client.users.get(1)  # error
    _ = list(client.users.list())  # error
    print(user)
