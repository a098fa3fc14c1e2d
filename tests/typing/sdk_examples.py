"""The SDKs of `examples/`, and what a type checker sees of them in both worlds."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, assert_type

from examples.kinto import AsyncKinto, Attachment, Kinto, Post, Stored
from examples.weather import AsyncWeather, Outlook, Report, Units, Weather
from restkit import Async, AsyncPages, Op, Pages, Sync


def blocking(kinto: Kinto, weather: Weather) -> None:
    posts = kinto.buckets("blog").collections("posts").records
    post = posts.add("engines", title="Engines")
    assert_type(post, Post)
    assert_type(posts.get("engines"), Post)
    assert_type(posts.save(post), Post)
    assert_type(posts.newer(post), Post | None)
    assert_type(posts.newer.op(post), Op[Post | None])
    assert_type(posts.edit(post, text=None), Post)
    assert_type(posts.attach("engines", "a.txt", b"", type="text/plain", title="Wheels"), Attachment)
    assert_type(posts.detach.op("engines"), Op[None])
    assert_type(posts.list(), Pages[Post])
    assert_type(kinto.buckets.add("blog"), Stored)
    assert_type(Weather(key="k"), Weather[Sync])
    assert_type(weather.cities.current("Oslo", units=Units.METRIC), Report)
    assert_type(weather.cities.forecast("Oslo"), Pages[Outlook])


async def awaiting(kinto: AsyncKinto, weather: AsyncWeather) -> None:
    posts = kinto.buckets("blog").collections("posts").records
    post = await posts.add("engines", title="Engines")
    assert_type(post, Post)
    _ = assert_type(posts.newer(post), Coroutine[Any, Any, Post | None])
    assert_type(await posts.newer(post), Post | None)
    assert_type(await posts.edit(post, text=None), Post)
    assert_type(await posts.attach("engines", "a.txt", b"", type="text/plain"), Attachment)
    assert_type(posts.list(), AsyncPages[Post])
    assert_type(await kinto.buckets.add("blog"), Stored)
    assert_type(AsyncWeather(key="k"), Weather[Async])
    assert_type(await weather.cities.current("Oslo"), Report)
    assert_type(weather.cities.forecast("Oslo"), AsyncPages[Outlook])
