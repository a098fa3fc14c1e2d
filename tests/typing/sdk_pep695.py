"""The same in the type parameter syntax of Python 3.12."""

from typing import assert_type

from attrs import define

from restkit import Async, Client, Flow, Op, Resource, Sync, operation


@define
class User:
    id: int


class Users[M: (Sync, Async)](Resource[User, M], path="users"):
    @operation
    def suspend(self, id: int) -> Op[User]:
        return self.call("POST", "{id}/suspend", id=id)

    @operation
    def twice(self, id: int) -> Flow[User]:
        _ = yield from self.suspend.op(id)
        return (yield from self.suspend.op(id))


class Acme[M: (Sync, Async)](Client[M], base_url="https://api.acme.test"):
    users: Users[M]


def blocking() -> None:
    with Acme[Sync]() as client:
        assert_type(client.users.suspend(1), User)
        assert_type(client.users.twice(1), User)


async def awaiting() -> None:
    async with Acme[Async]() as client:
        assert_type(await client.users.suspend(1), User)
        assert_type(await client.users.twice(1), User)
