"""Each layer alone in clients of httpx's: what the example prints, run as a program of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import groupby

import pytest

from tests.examples.conftest import EXAMPLES


@pytest.fixture(scope="module")
def printed() -> dict[str, list[str]]:
    """What the example says of each layer."""
    program = [sys.executable, str(EXAMPLES / "httpx_layers.py")]
    done = subprocess.run(program, capture_output=True, text=True, check=True)  # noqa: S603 - the example
    told = [line.partition(": ") for line in done.stdout.splitlines()]
    return {layer: [line for _, _, line in lines] for layer, lines in groupby(told, lambda each: each[0])}


def test_a_call_is_sent_again_until_it_succeeds(printed: dict[str, list[str]]) -> None:
    """And a write that may have been done is not."""
    assert [
        "200 with the attempt 3",
        "not sent again: the server may have acted on it; writes: 1",
    ] == printed["Retry"]


def test_a_write_with_a_key_is_done_once(printed: dict[str, list[str]]) -> None:
    """Though it is sent twice."""
    assert ["201; requests: 2, writes: 1"] == printed["Retry, awaiting"]


def test_a_server_that_is_not_well_is_left_alone(printed: dict[str, list[str]]) -> None:
    """After two failures the third call is not sent."""
    assert ["[503, 503], then CircuitOpen; requests: 2"] == printed["Admission"]


def test_few_calls_are_in_flight_at_once(printed: dict[str, list[str]]) -> None:
    """So few connections are opened, however many tasks there are."""
    (line,) = printed["Admission, awaiting"]

    assert "30 in _ s over 2 connections at most" == re.sub(r"\d+\.\d\d s", "_ s", line)


def test_bodies_are_held_to_what_they_should_be(printed: dict[str, list[str]]) -> None:
    """Whole, and within their cap, over transports of httpx's own."""
    assert [
        "without them 200",
        "with them TruncatedBody, the body ended before its gzip did",
        "TooLarge, the body is over 1000000 bytes, its cap, when it is decoded",
    ] == printed["Guards"] + printed["Guards, awaiting"]


def test_credentials_stay_at_home(printed: dict[str, list[str]]) -> None:
    """On the way to another server."""
    assert ["the key went along, with httpx's: True, with restkit's: False"] == printed["Redirects"]


def test_redirects_that_lead_nowhere_are_refused(printed: dict[str, list[str]]) -> None:
    """And circles are noticed."""
    assert ["RedirectRefused", "TooManyRedirects"] == printed["Redirects, awaiting"]


def test_layers_work_together(printed: dict[str, list[str]]) -> None:
    """As they do in a client of restkit's."""
    assert ["200, requests: 3"] == printed["Together"]
