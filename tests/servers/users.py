"""What a user does, of whom an authorization server wants to know: follow links, agree."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx

HOPS = 10


def authorized(url: str) -> dict[str, str]:
    """Go where an application sends its user, up to where the server sends them back; give what it says there."""
    with httpx.Client(trust_env=False) as browser:
        server = urlsplit(url).netloc
        for _ in range(HOPS):
            answer = browser.get(url)
            if answer.next_request is None:
                break
            url = str(answer.next_request.url)
            if urlsplit(url).netloc != server:
                return dict(parse_qsl(urlsplit(url).query))
    raise AssertionError(f"the server keeps its user: {answer.status_code} {answer.text}")


def seen(url: str) -> None:
    """Look at a page."""
    with httpx.Client(trust_env=False) as browser:
        _ = browser.get(url).raise_for_status()
