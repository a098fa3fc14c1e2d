"""The SDK of the README, and its use in both worlds: `python examples/acme.py`."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

import httpx
from attrs import define

from restkit import Async, Client, Flow, M, NotFound, Op, Resource, operation


@define
class User:
    """Someone with an account."""

    id: int
    name: str


@define
class Post:
    """Something that a user wrote."""

    id: int
    title: str


@define
class Team:
    """Users who work together."""

    id: int
    name: str


class Posts(Resource[Post, M], path="posts"):
    """The posts of one user: `client.users(7).posts`."""


class Teams(Resource[Team, M], path="teams"):
    """The teams."""


class Users(Resource[User, M], path="users"):
    """The users."""

    posts: Posts[M]

    @operation
    def suspend(self, id: int, *, reason: str) -> Op[User]:
        """Close a user's account."""
        return self.call("POST", "{id}/suspend", id=id, json={"reason": reason})

    @operation
    def suspend_all(self) -> Flow[int]:
        """Close every active account, and answer how many there were."""
        page = yield from self.list.op(status="active")
        for user in page.items:
            yield from self.suspend.op(user.id, reason="audit")
        return len(page.items)


class Acme(Client[M], base_url="https://api.acme.test"):
    """Acme's client."""

    users: Users[M]
    teams: Teams[M]


AsyncAcme: TypeAlias = Acme[Async]


def blocking() -> None:
    """Use it blocking."""
    with Acme(transport=httpx.MockTransport(pretend)) as client:
        print(client.users.get(7))
        print([post.title for post in client.users(7).posts.list()])
        print(client.teams.create(name="Engines"))
        print("suspended:", client.users.suspend_all())
        try:
            _ = client.users.get(8)
        except NotFound as error:
            print("not found:", error.url)


async def awaiting() -> None:
    """Use it awaiting."""
    async with AsyncAcme(transport=httpx.MockTransport(pretend)) as client:
        print(await client.users.get(7))
        print([post.title async for post in client.users(7).posts.list()])
        print(await client.teams.create(name="Engines"))
        print("suspended:", await client.users.suspend_all())
        try:
            _ = await client.users.get(8)
        except NotFound as error:
            print("not found:", error.url)


ADA = {"id": 7, "name": "Ada"}
ANSWERS: dict[tuple[str, str], Any] = {
    ("GET", "/users/7"): ADA,
    ("GET", "/users"): [ADA],
    ("GET", "/users/7/posts"): [{"id": 1, "title": "Notes on the engine"}],
    ("POST", "/users/7/suspend"): ADA,
    ("POST", "/teams"): {"id": 1, "name": "Engines"},
}


def pretend(request: httpx.Request) -> httpx.Response:
    """Stand in for Acme's server, so that this runs anywhere."""
    answer = ANSWERS.get((request.method, request.url.path))
    return httpx.Response(404) if answer is None else httpx.Response(200, json=answer)


if __name__ == "__main__":
    blocking()
    asyncio.run(awaiting())
