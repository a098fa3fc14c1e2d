"""Which server a request goes to."""

from __future__ import annotations

import httpx
import pytest

from restkit import InputError
from restkit.admission.origins import KEY, origin_of

HERE = ("https", "api.test", 443)


def test_an_origin_that_was_noted_is_that_of_its_url_alone() -> None:
    """A request that goes elsewhere meanwhile is not taken for one that goes home."""
    request = httpx.Request("GET", "https://api.test/users")
    request.extensions[KEY] = request.url, HERE
    before = origin_of(request)
    request.url = httpx.URL("https://other.test/users")

    assert (HERE, ("https", "other.test", 443)) == (before, origin_of(request))


def test_what_was_noted_is_believed() -> None:
    """Nothing is looked up then."""
    request = httpx.Request("GET", "https://not a host/")
    request.extensions[KEY] = request.url, HERE

    assert HERE == origin_of(request)


@pytest.mark.parametrize("url", ["https://API.test./", "https://api.test:443/", "https://api.test"])
def test_each_spelling_is_one_origin(url: str) -> None:
    """Scheme, host and port in their one spelling."""
    assert HERE == origin_of(httpx.Request("GET", url))


def test_a_host_that_is_none() -> None:
    """Nobody knows whose it is."""
    with pytest.raises(InputError):
        _ = origin_of(httpx.Request("GET", "https://a..b/"))
