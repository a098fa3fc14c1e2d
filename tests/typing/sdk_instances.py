"""Resources written as instances instead of annotations."""

from __future__ import annotations

from typing import assert_type

from attrs import define

from restkit import Async, Client, M, Pages, Resource


@define
class Post:
    id: int


@define
class User:
    id: int


class Posts(Resource[Post, M], path="posts"): ...


class Users(Resource[User, M], path="users"):
    posts = Posts[M]()


class Acme(Client[M], base_url="https://api.acme.test"):
    users = Users[M]()


def blocking() -> None:
    with Acme() as client:
        assert_type(client.users.get(1), User)
        assert_type(client.users(7).posts.list(), Pages[Post])


async def awaiting() -> None:
    async with Acme[Async]() as client:
        assert_type(await client.users.get(1), User)
        assert_type(await client.users(7).posts.get(1), Post)
