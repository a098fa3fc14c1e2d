"""AWS Signature Version 4: by AWS's vectors, and as a service sees it over a socket."""

from __future__ import annotations

import asyncio
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, EnvVar, RetryPolicy
from restkit.auth import AccessKey, SigV4
from restkit.policies.canonical_request import canonical_headers, canonical_request
from restkit.policies.sent import fields, target
from restkit.policies.sigv4 import Scope, hashed, string_to_sign
from restkit.testing import VirtualClock
from restkit.url import segment
from tests.client.worlds import World
from tests.loopback import Loopback
from tests.signing.aws import KEY, MOMENT, SECRET, TOKEN, Case, cases, claimed, expected
from tests.signing.clocks import Minutes
from tests.signing.receiving import as_received

THERE = {"region": "us-east-1", "service": "service", "clock": VirtualClock(wall=MOMENT)}


def signed(request: httpx.Request, key: Any = None, **settings: Any) -> httpx.Request:
    """A request as a bare httpx client would send it."""
    scheme = SigV4(key or AccessKey(KEY, SECRET), **{**THERE, **settings})
    return next(scheme.sync_auth_flow(request))


@pytest.mark.server
def test_every_vector_has_its_canonical_request(botocore: Path) -> None:
    """All 34 of AWS's."""
    vectors = cases(botocore)

    made = {each.name: canonical(each) for each in vectors}
    assert (34, {each.name: (each.canonical, each.to_sign) for each in vectors}) == (len(made), made)


def canonical(case: Case) -> tuple[str, str]:
    """What is signed of a vector."""
    request = case.request
    if case.token:
        request.headers["X-Amz-Security-Token"] = case.token
    headers = canonical_headers(fields(request))
    said = canonical_request(request.method, target(request), headers, hashed(case.body), is_s3=False)
    return said, string_to_sign("20150830T123600Z", Scope("20150830", "us-east-1", "service"), said)


@pytest.mark.server
def test_every_vector_has_its_signature(botocore: Path) -> None:
    """All 34, by the scheme."""
    vectors = cases(botocore)

    made = {each.name: signed(each.request, AccessKey(KEY, SECRET, each.token)) for each in vectors}
    assert {each.name: each.authorization for each in vectors} == {
        name: request.headers["authorization"] for name, request in made.items()
    }


BUCKET = "https://examplebucket.s3.amazonaws.com"
IN_2013 = {"service": "s3", "clock": VirtualClock(wall=1_369_353_600.0)}
OF_S3: list[Any] = [
    (
        httpx.Request("GET", f"{BUCKET}/test.txt", headers={"Range": "bytes=0-9"}),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    (
        httpx.Request(
            "PUT",
            f"{BUCKET}/test$file.text",
            headers={
                "Host": "examplebucket.s3.amazonaws.com",
                "Date": "Fri, 24 May 2013 00:00:00 GMT",
                "X-Amz-Storage-Class": "REDUCED_REDUNDANCY",
            },
            stream=httpx.ByteStream(b"Welcome to Amazon S3."),
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    (
        httpx.Request("GET", f"{BUCKET}/?lifecycle"),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    (
        httpx.Request("GET", f"{BUCKET}/?max-keys=2&prefix=J"),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
]
"""The examples of AWS's documentation of S3."""


@pytest.mark.parametrize(("request_", "signature"), OF_S3)
def test_an_example_of_s3_has_its_signature(request_: httpx.Request, signature: str) -> None:
    """Its paths are signed as they are sent, and the hash of the body is told."""
    key = AccessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    assert signature == signed(request_, key, **IN_2013).headers["authorization"].rpartition("=")[2]


def test_the_example_of_a_presigned_url_has_its_signature() -> None:
    """Whoever has the URL may use it for a day."""
    key = AccessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    url = signed(httpx.Request("GET", f"{BUCKET}/test.txt"), key, query=True, expires=86_400, **IN_2013).url

    assert {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
        "X-Amz-Date": "20130524T000000Z",
        "X-Amz-Expires": "86400",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    } == dict(url.params)


FORMS = [
    {},
    {"service": "s3"},
    {"query": True},
    {"query": True, "service": "s3"},
    {"signs_body": False},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_service_accepts_what_it_receives(world: World, server: Loopback, form: dict[str, Any]) -> None:
    """Over a socket, in each form, from a client in each world."""
    scheme = SigV4(AccessKey(KEY, SECRET, TOKEN), **{**THERE, **form})
    client = world.client(base_url=f"{server.url}/echo", auth=scheme)

    world(client.post("/a b/(c):d", params={"q": "é +/", "r": ["2", "1"]}, json={"n": 1}))

    received = server.received[0]
    assert expected(received, SECRET, form.get("service", "service")) == claimed(received)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_service_accepts_what_a_bare_client_sends(server: Loopback, form: dict[str, Any]) -> None:
    """One of httpx's own, blocking and awaiting."""
    scheme = SigV4(AccessKey(KEY, SECRET), **{**THERE, **form})

    async def awaiting() -> None:
        """The same, awaiting."""
        async with httpx.AsyncClient(auth=scheme) as client:
            await client.post(f"{server.url}/echo/x y", params={"q": "a b"}, content=b"content")

    with httpx.Client(auth=scheme) as client:
        client.post(f"{server.url}/echo/x y", params={"q": "a b"}, content=b"content")
    asyncio.run(awaiting())

    service = form.get("service", "service")
    assert [expected(each, SECRET, service) for each in server.received] == [claimed(each) for each in server.received]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text not in {".", ".."})


@given(TEXT, TEXT, st.binary(), st.sampled_from(FORMS))
def test_anything_is_signed_as_the_service_reads_it(
    name: str, value: str, content: bytes, form: dict[str, Any]
) -> None:
    """Whatever path, query and body hold."""
    request = httpx.Request("POST", f"https://a.test/x/{segment('name', name)}", params={"q": value}, content=content)

    sent = as_received(signed(request, **form))
    assert expected(sent, SECRET, form.get("service", "service")) == claimed(sent)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_request_is_signed_anew(form: dict[str, Any]) -> None:
    """As if it had not been signed before: at its own moment, by the key of then."""
    request, other = (httpx.Request("GET", "https://a.test/x?q=1") for _ in range(2))
    _ = signed(request, AccessKey("old", "old", "old"), **form)

    again, fresh = (signed(each, **{**form, "clock": VirtualClock(wall=MOMENT + 60)}) for each in (request, other))
    assert (fresh.url, sorted(fresh.headers.items())) == (again.url, sorted(again.headers.items()))


def test_each_attempt_is_signed_at_its_own_moment(world: World, server: Loopback) -> None:
    """An answer that asks to come back gets another signature."""
    scheme = SigV4(AccessKey(KEY, SECRET), region="eu-west-1", service="service", clock=Minutes(MOMENT))
    client = world.client(base_url=server.url, auth=scheme, retry=RetryPolicy(wait=0, throttle_wait=0))

    world(client.get("/once/busy/echo"))

    assert [("20150830T123700Z", True), ("20150830T123800Z", True)] == [
        (each.headers["x-amz-date"], expected(each, SECRET, "service") == claimed(each)) for each in server.received
    ]


def test_a_key_may_come_from_a_coroutine_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which are asked for each request."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)

    async def present() -> AccessKey:
        """The key as it is now."""
        return AccessKey(EnvVar("AWS_ACCESS_KEY_ID"), lambda: SECRET, EnvVar("AWS_SESSION_TOKEN"))

    async def asked() -> httpx.Request:
        """Give the key."""
        flow = SigV4(present, **THERE).async_auth_flow(httpx.Request("GET", "https://a.test/"))
        request = await anext(flow)
        await flow.aclose()
        return request

    sent = as_received(asyncio.run(asked()))
    assert (TOKEN, expected(sent, SECRET, "service")) == (sent.headers["x-amz-security-token"], claimed(sent))


def test_what_is_put_in_place_of_the_target_is_signed_as_it_is() -> None:
    """By an extension of httpx's."""
    extensions = {"target": b"/a(b)?c+d"}

    request = signed(httpx.Request("GET", "https://a.test/", extensions=extensions), query=True)
    assert (b"/", b"/a(b)?c+d") == (request.url.raw_path, request.extensions["target"].partition(b"&X-Amz-")[0])


def test_a_streamed_body_is_signed(world: World, server: Loopback) -> None:
    """It is read before."""
    client = world.client(base_url=f"{server.url}/echo", auth=SigV4(AccessKey(KEY, SECRET), **THERE))

    world(client.post("/x", content=iter([b"one", b"two"])))

    received = server.received[0]
    assert (b"onetwo", expected(received, SECRET, "service")) == (received.body, claimed(received))


def test_a_streamed_body_may_go_unsigned(world: World, server: Loopback) -> None:
    """S3 allows it."""
    scheme = SigV4(AccessKey(KEY, SECRET), **{**THERE, "service": "s3"}, signs_body=False)
    client = world.client(base_url=f"{server.url}/echo", auth=scheme)

    world(client.put("/x", content=iter([b"one", b"two"])))

    received = server.received[0]
    assert (b"onetwo", "UNSIGNED-PAYLOAD", expected(received, SECRET, "s3")) == (
        received.body,
        received.headers["x-amz-content-sha256"],
        claimed(received),
    )


WRONG: list[Any] = [
    ("key", {"key": "text"}),
    ("region", {"region": "a/b"}),
    ("region", {"region": ""}),
    ("region", {"region": None}),
    ("service", {"service": "é"}),
    ("query", {"query": 1}),
    ("signs_body", {"signs_body": None}),
    ("expires", {"expires": 0}),
    ("expires", {"expires": 604_801}),
]


@pytest.mark.parametrize(("field", "settings"), WRONG)
def test_a_wrong_setting_is_refused(field: str, settings: dict[str, Any]) -> None:
    """When the scheme is made, by its name."""
    with pytest.raises(ConfigError) as caught:
        SigV4(**{"key": AccessKey(KEY, SECRET), "region": "r", "service": "s", **settings})

    assert field == caught.value.field


@pytest.mark.parametrize(("field", "parts"), [("id", ("", "x")), ("secret", ("x", "a\nb")), ("token", ("x", "x", "é"))])
def test_a_wrong_part_of_a_key_is_refused(field: str, parts: tuple[str, ...]) -> None:
    """And not shown."""
    with pytest.raises(ConfigError) as caught:
        AccessKey(*parts)

    assert field == caught.value.field


def test_a_function_that_gives_no_key_is_refused() -> None:
    """When it is asked."""
    with pytest.raises(ConfigError, match="key is a function that gives a str"):
        signed(httpx.Request("GET", "https://a.test/"), lambda: SECRET)


def test_no_key_is_shown() -> None:
    """In whichever way."""
    key = AccessKey("an-id", SECRET, TOKEN)

    shown = f"{key} {key!r} {SigV4(key, **THERE)!r} {SigV4(key, **THERE)}"
    assert [] == [each for each in ("an-id", SECRET, TOKEN) if each in shown]


@pytest.mark.parametrize("held", [AccessKey(KEY, SECRET), SigV4(AccessKey(KEY, SECRET), **THERE)], ids=repr)
def test_no_key_is_pickled(held: object) -> None:
    """It would be written somewhere."""
    with pytest.raises(TypeError, match="is not pickled"):
        pickle.dumps(held)
