"""A call with a body that is not in memory, as a curl command: files are named, nothing is read."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from restkit import Client, Upload
from tests.bodies.content import Endless, opened, pieces, piped, written


def words(secrets: bool = False, compress: Any = None, **body: Any) -> list[str]:  # noqa: FBT001, FBT002 - of a call
    """The words of a command behind its URL, but for the headers of every call."""
    client = Client(
        base_url="https://api.test",
        transport=httpx.MockTransport(lambda _: httpx.Response(200)),
        compress=compress,
        user_agent="x",
    )
    said = shlex.split(client.as_curl(client.post.op("/x", **body), secrets=secrets))
    return said[said.index("user-agent: x") + 1 :]


@pytest.mark.parametrize(
    ("make", "at"),
    [
        pytest.param(written, "said.bin", id="path"),
        pytest.param(opened, "said.bin", id="open file"),
        pytest.param(lambda folder: Upload(written(folder)), "said.bin", id="upload"),
    ],
)
def test_a_file_is_named(tmp_path: Path, make: Any, at: str) -> None:
    """By where it lies."""
    assert ["--data-binary", f"@{tmp_path / at}"] == words(content=make(tmp_path))[-2:]


@pytest.mark.parametrize(
    "make",
    [lambda _: pieces(), lambda _: pieces, piped, lambda _: io.BytesIO(b"x"), lambda _: Endless(b"x")],
    ids=["generator", "factory", "pipe", "in memory", "without an end"],
)
def test_what_has_no_name_is_left_out(tmp_path: Path, make: Any) -> None:
    """It is not read."""
    assert [] == words(content=make(tmp_path))


def test_a_form_with_files(tmp_path: Path) -> None:
    """Each part for itself, and a boundary of curl's own."""
    path = written(tmp_path)
    said = words(
        data={"a": "@b", "password": "hush"},
        files={"f": path, "g": ("x.png", b"inside"), "h": (None, path), "i": ('a;"b', Upload(path, media_type="a/b"))},
    )

    assert [
        *("--form-string", "a=@b"),
        *("--form-string", "password=[redacted]"),
        *("--form", f"f=@{path};type=application/octet-stream;filename=said.bin"),
        *("--form", "g=@x.png;type=image/png"),
        *("--form", f"h=@{path}"),
        *("--form", f'i=@{path};type=a/b;filename="a;\\"b"'),
    ] == said


def test_a_form_with_its_secrets() -> None:
    """If they are asked for."""
    assert ["--form-string", "password=hush"] == words(secrets=True, data={"password": "hush"}, files={"f": b""})[:2]


def test_what_would_be_compressed_is_shown_as_it_is(tmp_path: Path) -> None:
    """In memory, or by its name; without the header."""
    path = tmp_path / "large"
    path.write_bytes(b"x" * 2000)

    assert (["--data-raw", "y" * 2000], ["--data-binary", f"@{path}"]) == (
        words(secrets=True, compress="gzip", content=b"y" * 2000),
        words(compress="gzip", content=path),
    )


def test_what_is_not_compressed_as_it_says_is_left_out() -> None:
    """It is the caller's own header."""
    assert ["--header", "content-encoding: gzip"] == words(content=b"no gzip", headers={"Content-Encoding": "gzip"})
