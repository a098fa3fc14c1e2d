"""Errors: what they say, what they are, and that they travel."""

from __future__ import annotations

import copy
import pickle

import httpx
import pytest

from restkit import ProtocolError, ReadError, TooLarge, TruncatedBody
from restkit.wire.http1 import AnswerTooLarge, BrokenAnswer, CutAnswer, NoAnswer, Unsendable, rules

ERRORS = (
    BrokenAnswer(rules.STATUS, "head", b"999"),
    AnswerTooLarge(rules.HEAD_BYTES),
    NoAnswer(7),
    CutAnswer("body", 3),
    Unsendable("method", "is no token"),
)


@pytest.mark.parametrize(
    ("error", "kinds"),
    list(
        zip(
            ERRORS,
            [
                (ProtocolError, httpx.RemoteProtocolError),
                (TooLarge, httpx.TransportError),
                (ReadError, httpx.ReadError, httpx.RemoteProtocolError),
                (TruncatedBody, httpx.ReadError, httpx.RemoteProtocolError),
                (httpx.LocalProtocolError,),
            ],
            strict=True,
        )
    ),
)
def test_an_error_is_restkits_and_httpxs(error: Exception, kinds: tuple[type[Exception], ...]) -> None:
    """So an existing `except` goes on to work."""
    assert all(isinstance(error, kind) for kind in kinds)


@pytest.mark.parametrize(
    ("error", "expected"),
    list(
        zip(
            ERRORS,
            [
                "The status has three digits and lies in 100 to 599 (RFC 9110 15, head, not '999')",
                "A head has at most 100 KiB (RFC 9112 3, head)",
                "the server closed the connection after 7 bytes of an answer's head",
                "the server closed the connection within the answer's body, 3 bytes short",
                "method is no token",
            ],
            strict=True,
        )
    ),
)
def test_an_error_says_what_was_wrong(error: Exception, expected: str) -> None:
    """In one sentence."""
    assert expected == str(error)


def test_an_error_shows_little() -> None:
    """A few bytes, in printable ASCII."""
    assert "\\x00\\x1b[31m\\xe9" + "x" * 25 == BrokenAnswer(rules.STATUS, "head", b"\x00\x1b[31m\xe9" + b"x" * 99).said


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("travel", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301 - our own
def test_an_error_travels_with_its_facts(error: Exception, travel: object) -> None:
    """By copy and by pickle."""
    twin = travel(error)  # type: ignore[operator]

    assert (type(error), str(error), error.__dict__) == (type(twin), str(twin), twin.__dict__)


def test_a_cut_of_unknown_length() -> None:
    """It does not say how much is missing."""
    assert "the server closed the connection within the answer's chunk" == str(CutAnswer("chunk"))
