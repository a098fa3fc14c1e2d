"""Wrong settings of every kind: each is a ConfigError that names it, when the scheme is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from restkit import APIKey, ConfigError
from restkit.auth import (
    HMAC,
    AccessKey,
    ClientCredentials,
    MessageSignatures,
    RegistryBearer,
    RotatingKeys,
    SigV4,
)
from tests.auth.canary import SECRET

HALF = "\udcff"
"""Half a character, as the environment may hold it."""
ANY: Any = object()
HEADERS = {"X-Signature": "{signature}"}


def signed(**told: Any) -> HMAC:
    """An HMAC with one setting that is wrong."""
    return HMAC(SECRET, **{"template": "{body}", "headers": HEADERS, **told})


def message(**told: Any) -> MessageSignatures:
    """Message signatures with one setting that is wrong."""
    return MessageSignatures("me", **{"key": SECRET, "algorithm": "hmac-sha256", **told})


def rotating(turn: Any) -> RotatingKeys:
    """Rotating keys in an order that there is not."""
    return RotatingKeys([SECRET], header="X-Key", turn=turn)


def time_of_day() -> float:
    """No clock, though it tells the time."""
    return 0.0


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "headers in a list": (lambda: signed(headers=["X-Signature"]), "headers is of type list; pass a mapping"),
    "parameters in a text": (lambda: signed(params="signature"), "params is of type str; pass a mapping"),
    "no headers": (lambda: signed(headers=None), "headers, params have no place for the signature"),
    "half a character in a template": (lambda: signed(template=HALF), "template holds half a character"),
    "a clock of HMAC": (lambda: signed(clock=5), "clock is of type int; pass a restkit.Clock"),
    "components in a number": (lambda: message(components=5), "components is of type int; pass a list of names"),
    "components in a text": (lambda: message(components="@method"), "components is of type str"),
    "a signature without end": (lambda: message(expires=10**14), "expires is 100000000000000; pass seconds, up to"),
    "half a character in a key": (lambda: message(key=HALF), "key holds a line break, a control character"),
    "a clock of signatures": (lambda: message(clock=time_of_day), "clock is of type function"),
    "a clock of SigV4": (
        lambda: SigV4(AccessKey("id", SECRET), region="r", service="s", clock=ANY),
        "clock is of type object",
    ),
    "an order in a list": (lambda: rotating([]), "turn is none that is known; pass one of call, failure"),
    "an order in a word": (lambda: rotating("random"), "turn is none that is known; pass one of call, failure"),
    "half a character in a parameter": (lambda: APIKey(SECRET, query=HALF), "query is no name of a parameter"),
    "a line break in a parameter": (lambda: APIKey(SECRET, query="a\nb"), "query is no name of a parameter"),
    "a user with a colon": (lambda: RegistryBearer("a:b", SECRET), "user is no user name, or has a colon"),
    "a transport": (lambda: RegistryBearer(transport=ANY), "transport is of type object; pass an httpx.BaseTransport"),
    "a clock of tokens": (
        lambda: ClientCredentials("https://login.test/token", "me", SECRET, clock=ANY),
        "clock is of type object",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_setting(wrong: str) -> None:
    """Is refused by its name, and no secret is shown."""
    make, said = WRONG[wrong]
    with pytest.raises(ConfigError) as caught:
        _ = make()

    assert (True, False) == (str(caught.value).startswith(said), SECRET in str(caught.value))
