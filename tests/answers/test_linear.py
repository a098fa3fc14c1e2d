"""What a server sends is read in linear time: a hundred kilobytes of anything would hang a parser that is worse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restkit import RateLimit
from restkit.charset import charset, encoding_of, media_type, text_encoding
from restkit.lines import Lines
from restkit.links import links_of
from restkit.parameters import parameters
from restkit.policies.retry_after import retry_after
from restkit.problem import Problem
from restkit.quotation import excerpt, secrets_of, summary
from restkit.redaction import is_sensitive, redact_headers, redact_text, redact_url, secrets_in, spellings, visible
from restkit.response import request_id

SIZE = 100_000
BASE = httpx.URL("https://api.test/")
REQUEST = httpx.Request("GET", BASE)
UNITS = [
    *(";", "; ", ';a="', '="', '"', "\\", '\\"', ",", "<a>", '<a>;"', "<", "&", "&quot;", "a=", "a:", "token="),
    *('"token":"', '"token":[', "Bearer ", "eyJa", "://", "://a@", " ", "aB", "_", "a" * 63 + " ", "<input ", "[", "{"),
    *("Cookie:", "\x1b", "é", "token" + " " * 32 + "=", "r=1;", "%41", "a;q=", "\r", "\n", "\x85", "\0"),
]


def answer(text: str, name: str = "content-type") -> httpx.Response:
    """An answer with a hostile header, or body."""
    content = text.encode("utf-8")
    return httpx.Response(400, content=content, headers={name: content}, request=REQUEST)


PARSERS: dict[str, Callable[[str], Any]] = {
    "parameters": lambda text: list(parameters(text)),
    "charset": charset,
    "media type": media_type,
    "encoding": lambda text: encoding_of(answer(text), b""),
    "encoding by name": text_encoding,
    "links": lambda text: links_of(text, BASE),
    "URL": lambda text: redact_url(f"https://u@h/{text}?{text}"),
    "text": lambda text: redact_text(text, (), ["se cret" * 100]),
    "name": is_sensitive,
    "headers": lambda text: redact_headers([("X-A", each) for each in text[:2000]]),
    "secrets": lambda text: secrets_in({"authorization": f"Basic {text}", "cookie": text}),
    "secrets sent": lambda text: secrets_of(httpx.Request("POST", BASE, content=text.encode()[:65_536])),
    "spellings": lambda text: spellings([text]),
    "visible": visible,
    "excerpt": lambda text: excerpt(answer(text)),
    "summary": lambda text: summary(answer("x"), Problem.of({"title": text, "detail": text}), ()),
    "lines": lambda text: list(Lines(lambda _: "utf-8").feed(text.encode())),
    "quota": lambda text: RateLimit.of(answer(text, "ratelimit").headers),
    "older quota": lambda text: RateLimit.of(answer(text, "x-ratelimit-limit").headers),
    "request id": lambda text: request_id(answer(text, "x-request-id").headers),
    "wait": lambda text: retry_after({"retry-after": text}, 0.0),
}


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_a_parser_is_linear(parser: Callable[[str], Any]) -> None:
    """It comes to an end with each of these."""
    for unit in UNITS:
        _ = parser(unit * (SIZE // len(unit)))

    assert SIZE >= len(UNITS)


def test_a_line_that_comes_byte_by_byte_is_joined_once() -> None:
    """Rather than with each of them."""
    lines = Lines(lambda _: "utf-8")

    found = [line for _ in range(SIZE) for line in lines.feed(b"x")]

    assert ([], ["x" * SIZE]) == (found, list(lines.rest()))
