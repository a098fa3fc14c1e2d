"""Credentials that are there: tokens, passwords and keys."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Callable
from typing import Any

import anyio.lowlevel
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import restkit.auth
from restkit import APIKey, Basic, Bearer, Client, ConfigError, EnvVar, InputError
from restkit.credentials.place import put_cookie, put_query
from restkit.redaction import redact_url
from tests.client.worlds import World

SECRET = "c4n4ry-53cr37-value"  # noqa: S105 - to be looked for


async def vault() -> str:
    """A secret that has to be awaited."""
    await anyio.lowlevel.checkpoint()
    return SECRET


def sent(scheme: httpx.Auth, url: str = "https://api.test/a") -> httpx.Request:
    """What a bare httpx client sends with a scheme."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(answer), auth=scheme) as client:
        _ = client.get(url)
    return seen[0]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (lambda: Bearer(SECRET), f"Bearer {SECRET}"),
        (lambda: Bearer(SECRET, kind="token"), f"token {SECRET}"),
        (lambda: Bearer(lambda: SECRET), f"Bearer {SECRET}"),
        (lambda: Basic("ada", SECRET), "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()),
        (lambda: Basic("ada", lambda: SECRET), "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode()),
        (lambda: Basic("ada"), "Basic YWRhOg=="),
        (lambda: Basic("ada", "pässwörd"), "Basic " + base64.b64encode("ada:pässwörd".encode()).decode()),
    ],
)
def test_a_header_says_who_calls(scheme: Callable[[], httpx.Auth], expected: str) -> None:
    """In the form of each scheme, in a bare httpx client too."""
    assert expected == sent(scheme()).headers["Authorization"]


def test_a_key_in_the_query_is_in_the_url_alone(world: World) -> None:
    """The URL of a response is as it was sent; the response itself is shown without the key."""
    client = world.mocked(lambda _: httpx.Response(200, json=1), auth=APIKey(SECRET, query="odd"))
    response = world(client.get("/"))

    assert (SECRET, False) == (response.url.params["odd"], SECRET in repr(response))


def test_an_awaiting_world_awaits_a_secret(world: World) -> None:
    """A function that gives it may be asynchronous there, and is refused where nothing can be awaited."""
    client = world.mocked(
        lambda request: httpx.Response(200, json=request.headers["authorization"]), auth=Bearer(vault)
    )

    if world.awaits:
        assert f"Bearer {SECRET}" == world(client.get("/")).data
    else:
        with pytest.raises(ConfigError, match="vault is asynchronous"):
            client.get("/")


@pytest.mark.parametrize(
    ("scheme", "url", "expected"),
    [
        (lambda: APIKey("k e", query="key"), "https://api.test/a", "/a?key=k%20e"),
        (lambda: APIKey("k", query="key"), "https://api.test/a?b=%20c&key=old", "/a?b=%20c&key=k"),
        (lambda: APIKey("k&=#", query="the key"), "https://api.test/", "/?the%20key=k%26%3D%23"),
        (lambda: APIKey(lambda: "k", query="key"), "https://api.test/a", "/a?key=k"),
    ],
)
def test_a_key_in_the_query_leaves_the_rest(scheme: Callable[[], httpx.Auth], url: str, expected: str) -> None:
    """It stands at the end, escaped, once."""
    assert expected == sent(scheme(), url).url.raw_path.decode()


@given(st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1), st.dictionaries(st.text(), st.text()))
def test_any_key_comes_out_of_the_query_again(key: str, others: dict[str, str]) -> None:
    """Whatever stands there beside it."""
    request = httpx.Request("GET", "https://api.test/", params={**others, "key": "old"})
    put_query(request, "key", key)

    assert {**others, "key": key} == dict(request.url.params)


def test_a_key_in_a_header_takes_the_place_of_what_was_there() -> None:
    """A header of the same name goes."""
    assert "k" == sent(APIKey("k", header="X-Key")).headers["x-key"]


def test_a_key_in_a_cookie_leaves_the_others() -> None:
    """Only one of its own name goes."""
    request = httpx.Request("GET", "https://api.test/", headers={"Cookie": "a=b; key=old; c=d"})
    put_cookie(request, "key", "k")

    assert "a=b; c=d; key=k" == request.headers["Cookie"]


def test_a_key_that_is_had_later_adds_no_cookie(world: World) -> None:
    """At a semicolon it would end, and another cookie begin; in a header it may stand."""
    client = world.mocked(lambda _: httpx.Response(200), auth=APIKey(lambda: f"{SECRET}; admin=1", cookie="key"))
    with pytest.raises(ConfigError, match="key holds a semicolon") as caught:
        world(client.get("/"))

    shown = str(caught.value)
    assert (False, "a; b") == (SECRET in shown, sent(APIKey("a; b", header="X-Key")).headers["x-key"])


def test_an_environment_variable_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a secret may change while the program runs."""
    scheme = Bearer(EnvVar("RESTKIT_TEST_TOKEN"))
    monkeypatch.setenv("RESTKIT_TEST_TOKEN", "one")
    before = sent(scheme).headers["authorization"]
    monkeypatch.setenv("RESTKIT_TEST_TOKEN", "two")

    assert ("Bearer one", "Bearer two") == (before, sent(scheme).headers["authorization"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "is not set"),
        ("", "is empty"),
        (f'"{SECRET}"', "holds quotes"),
        (f"'{SECRET}'", "holds quotes"),
        (f"{SECRET}\n", "holds a line break"),
        (f"{SECRET}\r\nX-Evil: 1", "holds a line break"),
        (f"{SECRET}é", "holds a line break"),
        (f" {SECRET}", "has spaces around"),
    ],
)
def test_a_bad_environment_variable_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str | None, reason: str
) -> None:
    """It may be the secret, nearly."""
    if value is None:
        monkeypatch.delenv("RESTKIT_TEST_TOKEN", raising=False)
    else:
        monkeypatch.setenv("RESTKIT_TEST_TOKEN", value)
    with pytest.raises(ConfigError, match=reason) as caught:
        sent(Bearer(EnvVar("RESTKIT_TEST_TOKEN")))

    assert (True, False) == ("RESTKIT_TEST_TOKEN" in str(caught.value), SECRET in str(caught.value))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bearer(f"{SECRET}\n"),
        lambda: Bearer(""),
        lambda: Bearer(5),  # type: ignore[arg-type]
        lambda: Bearer("t", kind="two words"),
        lambda: Basic("a:b", SECRET),
        lambda: Basic("a\x00b", SECRET),
        lambda: Basic("ada", f"{SECRET}\x00"),
        lambda: Basic("ada", 5),  # type: ignore[arg-type]
        lambda: APIKey(SECRET),
        lambda: APIKey(SECRET, header="a", query="b"),
        lambda: APIKey(SECRET, header="Host"),
        lambda: APIKey(SECRET, header="a b"),
        lambda: APIKey(SECRET, query=""),
        lambda: APIKey(SECRET, cookie="a;b"),
        lambda: APIKey(f"{SECRET}; admin=1", cookie="a"),
        lambda: EnvVar(""),
        lambda: EnvVar("a=b"),
    ],
)
def test_a_wrong_credential_is_refused_when_it_is_written(make: Callable[[], object]) -> None:
    """And not shown."""
    with pytest.raises(ConfigError) as caught:
        make()

    assert SECRET not in str(caught.value)


def test_what_a_function_gives_is_checked_each_time() -> None:
    """Nobody else has."""
    with pytest.raises(ConfigError, match="token is of type int"):
        sent(Bearer(lambda: 5))  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    "scheme",
    [Bearer(SECRET), Basic("ada", SECRET), APIKey(SECRET, header="X-Key"), APIKey(SECRET, query="odd_name")],
)
def test_a_scheme_shows_no_secret_and_is_not_pickled(scheme: httpx.Auth) -> None:
    """Not as text, not in the settings of a client, not on disk."""
    with Client(base_url="https://api.test", auth=scheme) as client:
        shown = repr(scheme) + str(scheme) + repr(client.settings) + repr(client)

    assert SECRET not in shown
    with pytest.raises(TypeError, match="holds secrets"):
        pickle.dumps(scheme)


def test_a_name_of_a_key_is_masked_from_then_on() -> None:
    """In whatever URL it is met."""
    _ = APIKey(SECRET, query="zzq")

    assert "https://api.test/?zzq=[redacted]&b=c" == redact_url(f"https://api.test/?zzq={SECRET}&b=c")


@pytest.mark.parametrize("wrong", ["token", 5, ("a",), ("a", "b", "c"), True, {"a": "b"}, lambda request: request])
def test_what_is_no_scheme_is_refused(wrong: Any) -> None:
    """With a word on what is one."""
    with pytest.raises(ConfigError, match=r"restkit\.Bearer"):
        Client(base_url="https://api.test", auth=wrong)
    with Client(base_url="https://api.test") as client, pytest.raises(InputError, match=r"restkit\.Bearer"):
        client.get("/", auth=wrong)


def test_every_public_scheme_is_there() -> None:
    """Each name is loaded when it is first used, and others are not there."""
    found = [getattr(restkit.auth, name) for name in restkit.auth.__all__]

    assert (len(found), True) == (len(set(found)), set(restkit.auth.__all__) <= set(dir(restkit.auth)))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = restkit.auth.nonsense


def test_a_password_may_be_in_any_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes from."""
    monkeypatch.setenv("A_PASSWORD", "pässwörd")

    assert sent(Basic("ada", "pässwörd")).headers == sent(Basic("ada", EnvVar("A_PASSWORD"))).headers


@pytest.mark.parametrize("password", [1, "a\nb", lambda: "a\nb", lambda: None, lambda: 1])
def test_what_is_no_password(password: Any) -> None:
    """It is not shown."""
    with pytest.raises(ConfigError, match=r"password (is of type|holds a line break)"):
        _ = sent(Basic("ada", password))
