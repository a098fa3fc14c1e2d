"""The door of the embedded API: tokens for who knows the secret."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from restkit import AuthError, StatusError
from restkit.auth import Bearer, ClientCredentials
from restkit.demo.api import TOKENS, Api
from restkit.demo.door import CLIENT, Door
from restkit.demo.sdk import Library


@pytest.fixture
def api() -> Iterator[Api]:
    """One that lets in who has a token."""
    with Api(door=Door()) as running:
        yield running


def test_nobody_comes_in_without_a_token(api: Api) -> None:
    """401, and what is wanted."""
    with Library(base_url=api.url) as library, pytest.raises(StatusError) as caught:
        library.books.get(1)

    assert (401, 'Bearer realm="library", error="invalid_token"') == (
        caught.value.status,
        caught.value.headers["www-authenticate"],
    )


def test_a_token_of_somebody_else_is_none(api: Api) -> None:
    """401 as well."""
    with Library(base_url=api.url, auth=Bearer("mine")) as library, pytest.raises(StatusError, match="401"):
        library.books.get(1)


def test_a_wrong_secret_gets_no_token(api: Api) -> None:
    """As the token endpoint says."""
    wrong = ClientCredentials(f"{api.url}{TOKENS}", CLIENT, "open: barley")
    with Library(base_url=api.url, auth=wrong) as library, pytest.raises(AuthError, match="invalid_client"):
        library.books.get(1)


def test_a_token_that_is_over_is_none() -> None:
    """After as long as it lives, and as long again."""
    door = Door(lifetime=0.0)
    with Api(door=door) as api, httpx.Client(base_url=api.url, trust_env=False) as client:
        secret = "Basic ZnJvbnQrZGVzazpvcGVuJTNBK3Nlc2FtZQ=="  # noqa: S105 - of the demo
        token = client.post(TOKENS, headers={"Authorization": secret}).json()["access_token"]
        status = client.get("/books/1", headers={"Authorization": f"Bearer {token}"}).status_code

    assert 401 == status
