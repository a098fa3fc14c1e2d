"""The SDK of Kinto uploads files, whatever they are called and whatever is in them, to a real Kinto."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.kinto import Attachment, Post
from tests.client.worlds import World

pytestmark = pytest.mark.server


NAMES: list[Any] = [
    pytest.param("plain.txt", "plain.txt", id="plain"),
    pytest.param("two words.txt", "two words.txt", id="space"),
    pytest.param("Übersicht größer.txt", "Übersicht größer.txt", id="umlauts"),
    pytest.param("a" + chr(0x308) + ".txt", "a" + chr(0x308) + ".txt", id="decomposed"),
    pytest.param("rocket 🚀.txt", "rocket 🚀.txt", id="emoji"),
    pytest.param("'single'; filename=x.txt", "'single'; filename=x.txt", id="semicolon"),
    pytest.param('say "hi".txt', "say %22hi%22.txt", id="quotes"),
    pytest.param("one\r\ntwo: 2.txt", "one%0D%0Atwo: 2.txt", id="line break"),
    pytest.param("100%22 %0A.txt", "100%22 %0A.txt", id="percent"),
    pytest.param("../../etc/passwd.txt", "../../etc/passwd.txt", id="path"),
    pytest.param("x" * 4000 + ".txt", "x" * 4000 + ".txt", id="long"),
]


@pytest.mark.parametrize(("name", "arrives"), NAMES)
def test_a_file_is_attached_whatever_its_name(world: World, posts: Any, post: Post, name: str, arrives: str) -> None:
    """Quotes and line breaks come percent-encoded, as from a browser; all else as it was."""
    file = world(posts.attach(post.id, name, b"wheels\r\n", type="text/plain"))

    expected = Attachment(
        filename=arrives,
        mimetype="text/plain",
        size=8,
        hash=hashlib.sha256(b"wheels\r\n").hexdigest(),
        location=file.location,
    )
    assert expected == file


@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters='"'), min_size=1))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one post takes them all
def test_a_file_keeps_any_name_that_can_be_printed(world: World, posts: Any, post: Post, name: str) -> None:
    """But for quotes."""
    assert name == world(posts.attach(post.id, name, b"wheels", type="text/plain")).filename


CONTENTS = {"none": b"", "dashes": b"\r\n--boundary--\r\n", "MiB": bytes(range(256)) * 4096}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_file_arrives_as_it_was(world: World, posts: Any, post: Post, stored: Path, content: bytes) -> None:
    """Byte for byte."""
    file = world(posts.attach(post.id, "file.bin", content, type="application/octet-stream"))

    assert content == (stored / file.location).read_bytes()


def test_a_file_comes_with_fields(world: World, posts: Any, post: Post) -> None:
    """Those are changed, and the others stay."""
    file = world(posts.attach(post.id, "a.txt", b"wheels", type="text/plain", title="Wheels"))

    now = world(posts.get(post.id))
    assert ("Wheels", "Wheels.", file) == (now.title, now.text, now.attachment)


def test_a_file_makes_its_post(world: World, posts: Any) -> None:
    """Where there is none of that name."""
    file = world(posts.attach("looms", "a.txt", b"wheels", type="text/plain", title="Looms"))

    now = world(posts.get("looms"))
    assert ("Looms", file) == (now.title, now.attachment)


def test_a_file_is_taken_away(world: World, posts: Any, post: Post) -> None:
    """And its post stays."""
    world(posts.attach(post.id, "a.txt", b"wheels", type="text/plain"))

    world(posts.detach(post.id))

    assert None is world(posts.get(post.id)).attachment
