"""Settings: one frozen object, and everything that it refuses."""

from __future__ import annotations

import random
import ssl
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit import AsyncClient, Client, Clock, ConfigError, InsecureWarning, M, Settings


async def asynchronous(_: object) -> None:
    """A function that must be awaited."""


WRONG: list[Any] = [
    *[
        pytest.param({"base_url": value}, "base_url", id=f"base_url-{value!r}")
        for value in (
            "acme.test",
            "ftp://acme.test",
            "https://",
            "https://user:secret@acme.test",
            "https://acme.test?x=1",
            "https://acme.test?",
            "https://acme.test#top",
            "https://acme.test:0",
            "https://acme.test:65536",
            "https://acme.test:x",
            "https://acme\x00.test",
            7,
        )
    ],
    *[
        pytest.param({name: value}, name, id=f"{name}-{value!r}")
        for name in ("timeout", "attempt_timeout", "deadline")
        for value in (0, -1, float("nan"), float("inf"), True, "5")
    ],
    pytest.param({"timeout": None}, "timeout", id="timeout-None"),
    pytest.param({"timeout": httpx.Timeout(5, read=-1)}, "timeout.read", id="timeout-read"),
    pytest.param({"timeout": httpx.Timeout(5, pool=0)}, "timeout.pool", id="timeout-pool"),
    pytest.param({"headers": 7}, "headers", id="headers-7"),
    pytest.param({"headers": {"X": 7}}, "headers", id="headers-number"),
    pytest.param({"headers": {"X": "é"}}, "headers", id="headers-no-ascii"),
    pytest.param({"headers": {"X Y": "1"}}, "headers['x y']", id="headers-name"),
    pytest.param({"headers": {"": "1"}}, "headers['']", id="headers-empty"),
    pytest.param({"headers": {":path": "1"}}, "headers[':path']", id="headers-pseudo"),
    pytest.param({"headers": {"X": "1 "}}, "headers['x']", id="headers-space"),
    pytest.param({"headers": {"X": "1\nY: 2"}}, "headers['x']", id="headers-break"),
    pytest.param({"params": [("a", 1)]}, "params", id="params-list"),
    pytest.param({"params": {"a": object()}}, "params['a']", id="params-object"),
    pytest.param({"params": {7: "x"}}, "params[7]", id="params-name"),
    pytest.param({"verify": "ca.pem"}, "verify", id="verify"),
    pytest.param({"limits": 5}, "limits", id="limits"),
    pytest.param({"proxy": "proxy.test:3128"}, "proxy", id="proxy"),
    pytest.param({"mounts": {"a.test": None}}, "mounts[0]", id="mounts"),
    pytest.param({"trust_env": "yes"}, "trust_env", id="trust_env"),
    pytest.param({"http2": "yes"}, "http2", id="http2"),
    pytest.param({"transport": "http"}, "transport", id="transport-text"),
    pytest.param({"transport": lambda: "http"}, "transport", id="transport-factory"),
    pytest.param({"user_agent": 7}, "user_agent", id="user-agent-number"),
    pytest.param({"user_agent": "a\r\nb"}, "user_agent", id="user-agent-break"),
    pytest.param({"user_agent": " a"}, "user_agent", id="user-agent-space"),
    pytest.param({"user_agent": "é"}, "user_agent", id="user-agent-no-ascii"),
    pytest.param({"default_encoding": "utf-ate"}, "default_encoding", id="encoding"),
    pytest.param({"default_encoding": 8}, "default_encoding", id="encoding-number"),
    pytest.param({"codec": "json"}, "codec", id="codec"),
    pytest.param({"clock": 5}, "clock", id="clock"),
    pytest.param({"dice": 5}, "dice", id="dice"),
    pytest.param({"event_hooks": [print]}, "event_hooks", id="event-hooks-list"),
    pytest.param({"event_hooks": {"requests": [print]}}, "event_hooks", id="event-hooks-name"),
    pytest.param({"event_hooks": {"request": print}}, "event_hooks['request']", id="event-hooks-function"),
    *[
        pytest.param({name: value}, name, id=f"{name}-{number}")
        for name in ("before", "after", "observers", "layers", "attempt_layers")
        for number, value in enumerate((print, 7, [7]))
    ],
    pytest.param({"observers": [asynchronous]}, "observers", id="observers-async"),
    pytest.param({"redact": "x-mine"}, "redact", id="redact-text"),
    pytest.param({"redact": 7}, "redact", id="redact-number"),
    pytest.param({"redact": [7]}, "redact", id="redact-numbers"),
    pytest.param({"time_out": 5}, "time_out", id="unknown"),
]


@pytest.mark.parametrize(("settings", "field"), WRONG)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], field: str) -> None:
    """When the client is made, with the field, the reason and a remedy."""
    with pytest.raises(ConfigError) as caught:
        Client(**settings)

    error = caught.value
    assert (field, True, True, f"{error.field} {error.reason}; {error.remedy}") == (
        error.field,
        bool(error.reason),
        bool(error.remedy),
        str(error),
    )


@pytest.mark.parametrize(("settings", "field"), WRONG[:20])
def test_a_wrong_setting_is_refused_of_a_class(settings: dict[str, Any], field: str) -> None:
    """Likewise, where the class is written."""
    with pytest.raises(ConfigError) as caught:

        class Wrong(Client[M], **settings):
            """Never made."""

    assert field == caught.value.field


def test_a_transport_of_the_wrong_world_is_refused() -> None:
    """A blocking one cannot be awaited, and the other way round."""
    said = []
    for kind, transport in ((Client, httpx.AsyncHTTPTransport()), (AsyncClient, httpx.HTTPTransport())):
        with pytest.raises(ConfigError) as caught:
            kind(transport=transport)
        said.append(caught.value.reason)

    assert ["is no httpx.BaseTransport", "is no httpx.AsyncBaseTransport"] == said


def test_an_unknown_setting_is_told_what_there_is() -> None:
    """The nearest name, or all of them."""
    with pytest.raises(ConfigError, match="did you mean 'deadline'"):
        Client(dedline=5)  # type: ignore[call-arg]
    with pytest.raises(ConfigError, match="there are base_url, auth, allow_insecure, transport"):
        Client(xyz=5)  # type: ignore[call-arg]


def test_settings_have_defaults() -> None:
    """Those of the documentation."""
    made = Settings()

    assert (httpx.Timeout(connect=5, read=30, write=30, pool=10), 60.0, None, "restkit", "utf-8", True) == (
        made.timeout,
        made.deadline,
        made.attempt_timeout,
        made.user_agent,
        made.default_encoding,
        made.verify,
    )


def test_settings_are_frozen() -> None:
    """Change makes new ones."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Settings().deadline = 5  # type: ignore[misc]


def test_settings_with_nothing_changed_are_themselves() -> None:
    """Nothing is copied for nothing."""
    made = Settings()

    assert made is made.with_keywords({})


def test_settings_become_what_they_mean() -> None:
    """Numbers, URLs and names are brought into one form."""
    made = Settings(timeout=3, deadline=9, base_url="https://acme.test", redact=["X-Mine"], headers={"X-A": "1"})  # type: ignore[arg-type]

    assert (httpx.Timeout(3), 9.0, httpx.URL("https://acme.test"), {"x-mine"}, httpx.Headers({"x-a": "1"})) == (
        made.timeout,
        made.deadline,
        made.base_url,
        made.redact,
        made.headers,
    )


def test_settings_show_what_was_changed() -> None:
    """And nothing else; without secrets."""
    made = Settings(
        base_url="https://acme.test",  # type: ignore[arg-type]
        headers={"Authorization": "canary", "X-A": "1"},  # type: ignore[arg-type]
        params={"api_key": "canary"},
        deadline=None,
        clock=Clock(),
        dice=random.Random(1),  # noqa: S311 - for jitter
    )

    assert (
        "Settings(base_url='https://acme.test', deadline=None, "
        "headers={'authorization': '[redacted]', 'x-a': '1'}, params={'api_key': '[redacted]'})"
    ) == repr(made)


def test_settings_that_are_defaults_show_nothing() -> None:
    """Neither the codec nor the clock nor the dice are of interest."""
    assert "Settings()" == repr(Settings())


def test_certificates_are_not_verified_with_a_warning() -> None:
    """It is the user's decision, and a dangerous one."""
    with pytest.warns(InsecureWarning, match="verify=False"):
        Client(verify=False)


def test_a_tls_context_of_ones_own_is_used() -> None:
    """As it is."""
    context = ssl.create_default_context()

    assert context is Client(verify=context).settings.verify


ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
    st.binary(max_size=9),
    st.lists(st.text(max_size=5) | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), max_size=3),
    st.just(print),
    st.just([print]),
    st.just(object()),
)


@given(st.sampled_from(sorted({each.name for each in attrs.fields(Settings)} - {"error_model", "verify"})), ANYTHING)
def test_no_setting_fails_in_another_way(name: str, value: object) -> None:
    """Whatever is written, a client is made or a ConfigError names the setting."""
    try:
        Client(**{name: value})  # type: ignore[arg-type]
    except ConfigError as error:
        field = error.field
    else:
        field = name

    assert field.startswith(name)
