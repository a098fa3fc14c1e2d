"""What is sent after a redirect: decisions, each made without a network."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.policies.hop import CODES, Asked, Hop, Refusal, at, crossing, next_hop, next_method, without_body

HOME = "https://api.test/users"
SECRETS = {"Authorization": "Bearer x", "Cookie": "a=1", "X-Api-Key": "x", "Idempotency-Key": "k", "Referer": "/me"}
HARMLESS = {"Accept": "text/html", "User-Agent": "me", "Range": "bytes=0-", "Accept-Language": "de"}


def asked(method: str = "GET", url: str = HOME, headers: Any = None, **how: Any) -> Asked:
    """A request that was redirected."""
    return Asked(method=method, url=httpx.URL(url), headers=httpx.Headers(headers), **how)


def hop(request: Asked, location: str = "/there", status: int = 302, **how: Any) -> Hop:
    """The hop after it."""
    found = next_hop(request, status, [location], **how)
    assert isinstance(found, Hop), found
    return found


def reason(request: Asked, *locations: str, status: int = 302, **how: Any) -> str:
    """Why there is none."""
    found = next_hop(request, status, locations, **how)
    assert isinstance(found, Refusal), found
    return found.reason


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        (301, {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "PUT", "DELETE": "DELETE"}),
        (302, {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "PUT", "DELETE": "DELETE"}),
        (303, {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "GET", "DELETE": "GET"}),
        (307, {"GET": "GET", "HEAD": "HEAD", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE"}),
        (308, {"GET": "GET", "HEAD": "HEAD", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE"}),
    ],
)
def test_methods_become_others_as_in_browsers(status: int, becomes: dict[str, str]) -> None:
    """As the Fetch standard has it, and RFC 9110 allows."""
    assert becomes == {method: next_method(method, status) for method in becomes}


@pytest.mark.parametrize("status", sorted(CODES))
def test_a_hop_within_an_origin_has_everything(status: int) -> None:
    """All headers, in their order, behind the host."""
    found = hop(asked(headers={**SECRETS, "Host": "api.test"}), status=status)

    assert ([("host", "api.test"), *((name.lower(), said) for name, said in SECRETS.items())], False) == (
        found.headers.multi_items(),
        found.is_foreign,
    )


ELSEWHERE = [
    "https://other.test/",
    "https://www.api.test/",
    "https://test/",
    "https://api.test:8443/",
    "https://127.0.0.1/",
    "//other.test/",
]


@pytest.mark.parametrize("location", ELSEWHERE)
def test_a_hop_to_another_origin_has_little(location: str) -> None:
    """What is harmless."""
    found = hop(asked(headers={**SECRETS, **HARMLESS}), location)

    assert ({"host": found.url.netloc.decode(), **{k.lower(): v for k, v in HARMLESS.items()}}, True) == (
        dict(found.headers),
        found.is_foreign,
    )


def test_http_to_https_is_another_origin() -> None:
    """Whoever has read the one may not know the other."""
    assert hop(asked(url="http://api.test/", headers=SECRETS), "https://api.test/").is_foreign


@pytest.mark.parametrize(
    "location",
    ["HTTPS://API.Test/", "https://api.test./", "https://api.test:443/", "//API.test:443/", "https://\uff41pi.test/"],
)
def test_a_spelling_is_no_other_origin(location: str) -> None:
    """Case, a last dot, a default port, letters of another width."""
    found = hop(asked(headers=SECRETS), location)

    assert ("https://api.test/", False) == (str(found.url), found.is_foreign)


@pytest.mark.parametrize(
    "location", ["http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::ffff:7f00:1]/"]
)
def test_an_address_is_no_other_origin(location: str) -> None:
    """However it is written."""
    assert not hop(asked(url="http://127.0.0.1/"), location).is_foreign


def test_nothing_comes_back() -> None:
    """A request that was away stays foreign at home."""
    away = hop(asked(headers=SECRETS), "https://other.test/")
    back = hop(asked(url=str(away.url), headers=away.headers, is_foreign=True), HOME)

    assert ([("host", "api.test")], True) == (back.headers.multi_items(), back.is_foreign)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_becomes_a_get_without_its_body(status: int) -> None:
    """Nor what describes the body, nor what was for the write alone."""
    headers = {
        "Content-Type": "a/b",
        "Content-Length": "3",
        "Content-Encoding": "gzip",
        "Transfer-Encoding": "chunked",
        "Idempotency-Key": "k",
        "If-Match": "x",
        "X-Api-Key": "x",
    }
    found = hop(asked("POST", headers=headers, has_body=True), status=status)

    assert ("GET", False, {"host": "api.test", "x-api-key": "x"}) == (found.method, found.has_body, dict(found.headers))


@pytest.mark.parametrize("status", [307, 308])
def test_a_body_is_sent_again_within_its_origin(status: int) -> None:
    """With all that describes it."""
    headers = {"Content-Type": "a/b", "Content-Length": "3", "Idempotency-Key": "k"}
    found = hop(asked("POST", headers=headers, has_body=True), status=status)

    assert ("POST", True, {"host": "api.test", **{k.lower(): v for k, v in headers.items()}}) == (
        found.method,
        found.has_body,
        dict(found.headers),
    )


def test_a_get_with_a_body_loses_it_after_303() -> None:
    """What is there is only to be read."""
    found = hop(asked(headers={"Content-Length": "3"}, has_body=True), status=303)

    assert ("GET", False, {"host": "api.test"}) == (found.method, found.has_body, dict(found.headers))


@pytest.mark.parametrize(
    ("request_", "locations", "said"),
    [
        (asked(), (), "has no Location"),
        (asked(), ("/a", "/b"), "has several Locations"),
        (asked(), ("",), "has a Location that is empty"),
        (asked(), ("file:///etc/passwd",), "has a Location that has no http or https scheme"),
        (asked(), ("https://me:pw@api.test/",), "has a Location that holds a user name or password"),
        (asked(), ("http://api.test/",), "leads from https to http"),
        (asked(), ("http://other.test/",), "leads from https to http"),
        (asked("DELETE"), ("https://other.test/",), "would send a DELETE to another origin"),
        (asked("PUT", has_body=True), ("https://b.test/",), "would send a PUT to another origin with its body"),
        (asked(has_body=True), ("https://b.test/",), "would send a GET to another origin with its body"),
        (
            asked("PUT", has_body=True, is_replayable=False),
            ("/b",),
            "wants the body again, which can be read only once",
        ),
        (asked("PUT", is_foreign=True), ("/b",), "would send a PUT to another origin"),
    ],
)
def test_what_is_refused(request_: Asked, locations: tuple[str, ...], said: str) -> None:
    """With its reason."""
    assert said == reason(request_, *locations)


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_goes_to_no_other_origin(status: int) -> None:
    """Even if it has no body."""
    assert "would send a POST to another origin" == reason(asked("POST"), "https://b.test/", status=status)


def test_two_equal_locations_are_one() -> None:
    """Proxies write them."""
    assert isinstance(next_hop(asked(), 302, ["/a", "/a"]), Hop)


def test_a_client_certificate_is_shown_to_no_other_origin() -> None:
    """Over https, where it could be."""
    said = reason(asked(), "https://b.test/", is_certified=True)

    assert "leads to another origin, which would see the client certificate" == said


@pytest.mark.parametrize(("url", "location"), [("http://a.test/", "http://b.test/"), ("https://a.test/", "/b")])
def test_a_client_certificate_stays_unseen(url: str, location: str) -> None:
    """Over http, and at home."""
    assert hop(asked(url=url), location, is_certified=True)


NAMES = st.sampled_from(sorted({*SECRETS, *HARMLESS, "Proxy-Authorization", "X-Any", "accept", "COOKIE"}))


@given(
    st.lists(st.tuples(NAMES, st.text("ab", max_size=3))), st.sampled_from(ELSEWHERE), st.sampled_from(sorted(CODES))
)
def test_no_header_that_may_be_a_credential_goes_elsewhere(
    headers: list[tuple[str, str]], location: str, status: int
) -> None:
    """Not one instance of any."""
    found = hop(asked(headers=headers), location, status)

    assert {"host", *(name.lower() for name in HARMLESS)}.issuperset(found.headers)


@given(st.lists(st.tuples(NAMES, st.text("ab", max_size=3))))
def test_all_instances_of_a_harmless_one_go(headers: list[tuple[str, str]]) -> None:
    """As they were, in their order."""
    made = httpx.Headers(headers)

    assert [pair for pair in made.multi_items() if pair[0] in dict.fromkeys(map(str.lower, HARMLESS))] == (
        crossing(made).multi_items()
    )


def test_a_host_stands_first_and_once() -> None:
    """Whatever was there."""
    headers = httpx.Headers([("X", "1"), ("host", "a"), ("Host", "b")])

    assert [("host", "c.test:8080"), ("x", "1")] == at(httpx.URL("http://c.test:8080"), headers).multi_items()


def test_what_describes_no_body_stays() -> None:
    """A header that only begins like one of them."""
    assert ["contents", "x"] == list(without_body(httpx.Headers({"Contents": "1", "X": "1", "Expect": "1"})))
