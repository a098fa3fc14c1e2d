"""A group of resources, composed into a class for each world."""

from __future__ import annotations

from typing import assert_type

from attrs import define

from restkit import Async, AsyncClient, Client, Flow, M, Op, Resource, Resources, Sync, operation


@define
class Album:
    id: int


class Albums(Resource[Album, M], path="albums"):
    @operation
    def publish(self, id: int, *, when: str) -> Op[Album]:
        return self.call("POST", "{id}/publish", id=id, json={"when": when}, returns=Album)

    @operation
    def publish_and_read(self, id: int) -> Flow[Album]:
        album = yield from self.publish.op(id, when="now")
        return (yield from self.get.op(album.id))


class Catalogue(Resources[M]):
    albums: Albums[M]


class Music(Catalogue[Sync], Client, base_url="https://music.test"): ...


class AsyncMusic(Catalogue[Async], AsyncClient, base_url="https://music.test"): ...


def blocking(client: Music) -> None:
    assert_type(client.albums.get(1), Album)
    assert_type(client.albums.publish_and_read(1), Album)
    assert_type(client.execute(client.albums.get.op(1)), Album)
    with Music() as opened:
        assert_type(opened, Music)


async def awaiting(client: AsyncMusic) -> None:
    assert_type(await client.albums.get(1), Album)
    assert_type(await client.albums.publish_and_read(1), Album)
    assert_type(await client.execute(client.albums.get.op(1)), Album)
    async with AsyncMusic() as opened:
        assert_type(opened, AsyncMusic)
