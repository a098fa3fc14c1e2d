"""The servers that authorize, as plain httpx sees them: they do what is said of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import pytest

from tests.servers.authorizing import ODD, OIDC, TOOLKIT, Paths, authorized, seen
from tests.servers.served import Served

pytestmark = pytest.mark.server

VERIFIER = "a-verifier-of-forty-three-letters-and-more-than-that"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
BACK = "http://127.0.0.1:9/callback"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(params=[OIDC, TOOLKIT], ids=lambda each: each.name)
def paths(request: pytest.FixtureRequest) -> Paths:
    """Each of the two servers."""
    of_one: Paths = request.param
    return of_one


@pytest.fixture
def plain(served: Served, paths: Paths) -> Iterator[httpx.Client]:
    """A client of it."""
    with httpx.Client(base_url=served(paths.name).address, trust_env=False, timeout=30) as client:
        yield client


def status_of_api(client: httpx.Client, token: str) -> int:
    """What the API says to a token."""
    return client.get("/api", headers={"Authorization": f"Bearer {token}"}).status_code


def ask(client: httpx.Client, path: str, **form: str) -> Any:
    """Ask an endpoint, and read what it says."""
    return client.post(path, data=form).json()


def test_client_credentials(plain: httpx.Client, paths: Paths) -> None:
    """Name and secret are written as in a form (RFC 6749, section 2.3.1), however odd they are."""
    name, secret = map(quote_plus, ODD)
    form = {"grant_type": "client_credentials", "scope": paths.scope}
    answer = plain.post(paths.token, data=form, auth=(name, secret))

    assert (200, "Bearer") == (answer.status_code, answer.json()["token_type"])


def test_a_call_without_a_token(plain: httpx.Client) -> None:
    """Is refused, with a challenge."""
    answer = plain.get("/api")

    assert (401, 'Bearer realm="api"') == (answer.status_code, answer.headers["WWW-Authenticate"])


def test_a_code_and_its_refresh_tokens(plain: httpx.Client, paths: Paths) -> None:
    """Each refresh token is good once: with the first one's second use its successor is good no more."""
    words = {"client_id": "public", "redirect_uri": BACK}
    asked = {**words, "response_type": "code", "scope": paths.scope, "state": "s"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    said = authorized(f"{plain.base_url}{paths.authorize}?{urlencode(asked)}")
    code = {**words, "grant_type": "authorization_code", "code": said["code"], "code_verifier": VERIFIER}
    first = ask(plain, paths.token, **code)
    refresh = {"client_id": "public", "grant_type": "refresh_token"}
    second = ask(plain, paths.token, **refresh, refresh_token=first["refresh_token"])
    again = ask(plain, paths.token, **refresh, refresh_token=first["refresh_token"])
    third = ask(plain, paths.token, **refresh, refresh_token=second["refresh_token"])

    assert ("s", plain.base_url) == (said["state"], said["iss"])
    assert ["invalid_grant"] * 2 == [again["error"], third["error"]]


def test_a_device(plain: httpx.Client, paths: Paths) -> None:
    """Waits until its user has looked at the address it shows."""
    device = ask(plain, paths.device, client_id=paths.device_client, scope=paths.scope)
    form = {"grant_type": DEVICE, "client_id": paths.device_client, "device_code": device["device_code"]}
    before = ask(plain, paths.token, **form)
    seen(device["verification_uri_complete"])
    token = ask(plain, paths.token, **form)["access_token"]

    assert (1, "authorization_pending") == (device["interval"], before["error"])
    assert 200 == status_of_api(plain, token)


def test_a_device_that_is_refused(plain: httpx.Client, paths: Paths) -> None:
    """Is told so."""
    device = ask(plain, paths.device, client_id=paths.device_client, scope=paths.scope)
    seen(f"{device['verification_uri_complete']}&refuse")
    form = {"grant_type": DEVICE, "client_id": paths.device_client, "device_code": device["device_code"]}

    assert "access_denied" == ask(plain, paths.token, **form)["error"]


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_of_httpbin(served: Served, algorithm: str) -> None:
    """It knows both algorithms."""
    url = f"{served('httpbin').address}/digest-auth/auth/user/secret/{algorithm}"
    with httpx.Client(trust_env=False, auth=httpx.DigestAuth("user", "secret")) as client:
        assert 200 == client.get(url).status_code
