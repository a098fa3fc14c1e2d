"""The servers that authorize, and what their users do: follow links, agree, look at pages."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx
from attrs import frozen

HOPS = 10
ODD = "odd:id/ +&", 'p:w %+/=&"<'
"""A client whose name and secret are reserved characters, with both servers."""


@frozen
class Paths:
    """Where a server has what."""

    name: str
    authorize: str
    token: str
    device: str
    device_client: str
    scope: str


OIDC = Paths("oidc-provider", "/auth", "/token", "/device/auth", "public", "api:read")
TOOLKIT = Paths("django-oauth-toolkit", "/o/authorize/", "/o/token/", "/o/device-authorization/", "device", "read")


def authorized(url: str) -> dict[str, str]:
    """Go where an application sends its user, up to where the server sends them back; give what it says there."""
    return dict(parse_qsl(urlsplit(sent_back(url)).query))


def sent_back(url: str) -> str:
    """Likewise; give the URL, which nobody has opened."""
    with httpx.Client(trust_env=False) as browser:
        server = urlsplit(url).netloc
        for _ in range(HOPS):
            answer = browser.get(url)
            if answer.next_request is None:
                break
            url = str(answer.next_request.url)
            if urlsplit(url).netloc != server:
                return url
    raise AssertionError(f"the server keeps its user: {answer.status_code} {answer.text}")


def seen(url: str) -> None:
    """Look at a page."""
    with httpx.Client(trust_env=False) as browser:
        _ = browser.get(url).raise_for_status()


def browsed(url: str) -> bool:
    """Go where an application sends its user, and back to it."""
    seen(sent_back(url))
    return True
