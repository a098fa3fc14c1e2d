"""The transport in clients of httpx and openai: what the example prints, run as a program of its own.

It makes `import httpx` mean httpx2, which no other test should be affected by.
"""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import groupby

import pytest

from tests.examples.conftest import EXAMPLES

CLOCK = re.compile(r"\d+\.\d\d ms")


@pytest.fixture(scope="module")
def printed() -> dict[str, list[str]]:
    """What the example says of each client, but for its times."""
    program = [sys.executable, str(EXAMPLES / "httpx_transport.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=True)  # noqa: S603 - the example
    told = [CLOCK.sub("_ ms", line).partition(": ") for line in done.stdout.splitlines()]
    return {client: [line for _, _, line in lines] for client, lines in groupby(told, lambda each: each[0])}


def test_a_connection_is_used_again_in_httpx(printed: dict[str, list[str]]) -> None:
    """And what is compressed is decoded: it took fewer bytes than there are."""
    facts = [re.sub(r"\d+ (?=bytes sent|received)", "_ ", line) for line in printed["httpx"][:2]]

    assert [
        "2000 bytes of a poem; connected in _ ms, first byte in _ ms, _ bytes sent, _ received",
        "2000 bytes of a poem; connection used again, first byte in _ ms, _ bytes sent, _ received",
    ] == facts


def test_bytes_are_those_on_the_wire(printed: dict[str, list[str]]) -> None:
    """The same for both answers, head included."""
    counts = [re.findall(r"(\d+) bytes sent, (\d+) received", line) for line in printed["httpx"][:2]]
    ((_, received),) = counts[0]

    assert counts[0] == counts[1]
    assert 100 < int(received) < 500


def test_a_torn_body_is_an_error_in_httpx(printed: dict[str, list[str]]) -> None:
    """One of httpx's, and one of restkit's."""
    assert "TruncatedBody, the body ended before its gzip did; as restkit's error: True" == printed["httpx"][2]


def test_a_pool_is_shared_by_tasks(printed: dict[str, list[str]]) -> None:
    """Eight calls take turns on two connections."""
    assert ["8 answers at once, 6 of them over a connection used again"] == printed["httpx, awaiting"]


def test_openai_uses_a_connection_again(printed: dict[str, list[str]]) -> None:
    """And is answered."""
    ways = [line.partition(", first byte")[0] for line in printed["openai"]]

    assert [
        "'Who is a clever bird?'; connected in _ ms",
        "'Who is a clever bird?'; connection used again",
    ] == ways


def test_openai_streams(printed: dict[str, list[str]]) -> None:
    """In its own types, part by part."""
    (line,) = printed["openai, awaiting"]

    assert line.startswith("'Who is a clever bird?' in 5 parts; connected in _ ms")
