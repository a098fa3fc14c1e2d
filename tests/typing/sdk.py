"""One definition, and what a type checker sees of it in both worlds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, assert_type

import httpx
from attrs import define

from restkit import (
    Async,
    AsyncClient,
    AsyncPages,
    Client,
    Flow,
    M,
    Op,
    Page,
    Pages,
    Plan,
    RateLimit,
    Resource,
    Response,
    Sleep,
    Sync,
    operation,
)


@define
class User:
    id: int
    name: str
    age: int
    status: str
    created_at: datetime


@define
class Post:
    id: int
    title: str


class Posts(Resource[Post, M], path="posts"): ...


class Users(Resource[User, M], path="users"):
    posts: Posts[M]

    @operation
    def suspend(self, id: int, *, reason: str) -> Op[User]:
        return self.call("POST", "{id}/suspend", id=id, json={"reason": reason})

    @operation
    def find(self, email: str) -> Op[User | None]:
        return self.call("GET", "find", params={"email": email}, answers={404: None})

    @operation(deadline=5)
    def count(self) -> Op[int]:
        return self.call("GET", "count")

    @operation
    def suspend_all(self) -> Flow[int]:
        page = yield from self.list.op(status="active")
        assert_type(page, Page[User])
        for user in page.items:
            assert_type(user, User)
            done = yield from self.suspend.op(user.id, reason="audit")
            assert_type(done, User)
        everyone = yield from self.list.collect()
        assert_type(everyone, list[User])
        yield from Sleep(1)
        return len(page.items)


class Acme(Client[M], base_url="https://api.acme.test"):
    users: Users[M]


AsyncAcme = Acme[Async]


def blocking() -> None:
    with Acme(headers={"x-api-key": "k"}) as client:
        assert_type(client, Acme[Sync])
        assert_type(client.users.get(123), User)
        assert_type(client.users.get.raw(123), Response[User])
        assert_type(client.users.get.raw(123).data, User)
        assert_type(client.users.get.raw(123).rate_limit, RateLimit | None)
        assert_type(client.users.get.op(123), Op[User])
        assert_type(client.users.get.stream(123), AbstractContextManager[Response[User]])
        assert_type(client.users.get.with_options(timeout=1)(123), User)
        assert_type(client.users.suspend(1, reason="x"), User)
        assert_type(client.users.find("x"), User | None)
        assert_type(client.users.count(), int)
        assert_type(client.users.suspend_all(), int)
        assert_type(client.users.suspend_all.op(), Plan[int])
        assert_type(client.users.create(name="x"), User)
        assert_type(client.users.update(1, name="x"), User)
        assert_type(client.users.delete.op(1), Op[None])
        assert_type(client.users.list(status="active"), Pages[User])
        assert_type(client.users.list().collect(), list[User])
        assert_type(client.users.list().first(), User | None)
        assert_type(client.users.list().pages(), Iterator[Page[User]])
        for user in client.users.list():
            assert_type(user, User)
        assert_type(client.users(7).posts.get(1), Post)
        assert_type(client.execute(client.users.get.op(1)), User)
        assert_type(client.execute(client.users.suspend_all.op()), int)
        assert_type(client.get("/x"), Response[Any])
        assert_type(client.post("/x", json={}, timeout=1), Response[Any])
        assert_type(client.build().get("/x").returns(User).execute(), Response[User])
        assert_type(client.with_options(timeout=1), Acme[Sync])
        assert_type(client.as_httpx(), httpx.Client)


async def awaiting() -> None:
    async with AsyncAcme(headers={"x-api-key": "k"}) as client:
        assert_type(client, Acme[Async])
        assert_type(await client.users.get(123), User)
        _ = assert_type(client.users.get(123), Coroutine[Any, Any, User])
        assert_type(await client.users.get.raw(123), Response[User])
        assert_type(client.users.get.op(123), Op[User])
        assert_type(client.users.get.stream(123), AbstractAsyncContextManager[Response[User]])
        assert_type(await client.users.get.with_options(timeout=1)(123), User)
        assert_type(await client.users.suspend(1, reason="x"), User)
        assert_type(await client.users.find("x"), User | None)
        assert_type(await client.users.suspend_all(), int)
        assert_type(client.users.suspend_all.op(), Plan[int])
        assert_type(client.users.list(), AsyncPages[User])
        assert_type(await client.users.list().collect(), list[User])
        assert_type(client.users.list().pages(), AsyncIterator[Page[User]])
        async for user in client.users.list():
            assert_type(user, User)
        assert_type(await client.users(7).posts.get(1), Post)
        assert_type(await client.execute(client.users.get.op(1)), User)
        assert_type(await client.execute(client.users.suspend_all.op()), int)
        assert_type(await client.post("/x", json={}), Response[Any])
        assert_type(await client.build().get("/x").returns(User).execute(), Response[User])
        assert_type(client.with_options(timeout=1), Acme[Async])
        assert_type(client.as_httpx(), httpx.AsyncClient)


def annotated(client: Acme, other: AsyncAcme, plain: Client, awaiting: AsyncClient) -> None:
    assert_type(client.users.get(1), User)
    _ = assert_type(other.users.get(1), Coroutine[Any, Any, User])
    assert_type(plain.get("/x"), Response[Any])
    _ = assert_type(awaiting.get("/x"), Coroutine[Any, Any, Response[Any]])
