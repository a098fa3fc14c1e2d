"""The error tree: as drawn, complete, and its errors travel."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from typing import Any

import httpx
import pytest

import restkit
from restkit import (
    Attempt,
    CircuitOpen,
    ClientClosed,
    ConfigError,
    DecodeError,
    InputError,
    Problem,
    RateLimitTimeout,
    RedirectRefused,
    Refused,
    RestkitError,
    StatusError,
    TooManyRequests,
)
from restkit import errors as module
from restkit.attempt import name_of
from restkit.flow.deadline import MomentPassed
from restkit.wire.http1 import NoAnswer

CLASSES: list[type[RestkitError]] = [
    found
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, RestkitError) and not found.__name__.startswith("_")
]
NAME = re.compile(r"[A-Z]\w+")


def drawn() -> dict[str, str]:
    """Each class of the drawing in the docstring, with its parent's name."""
    lines = (inspect.getdoc(module) or "").partition("RestkitError ")[2].partition("\n\n")[0].splitlines()[1:]
    parents: dict[str, str] = {}
    above: dict[int, str] = {-1: "RestkitError"}
    for line in lines:
        indent, _, text = line.partition("── ") if "── " in line else (" " * 35 + "─", "", line.strip("│ "))
        depth = len(indent)
        names = names_of(text)
        if "── " in line:
            parent = above[max(each for each in above if each < depth)]
            above = {each: name for each, name in above.items() if each < depth} | {depth: names[0]}
            if len(names_of(text.split("  ")[0])) == 1 and "  " in text.strip():
                parents[names[0]] = parent
                parents |= nested(text.partition("  ")[2], names[0])
                continue
        else:
            parent = list(above.values())[-1] if "QueueFull" in line else parents[list(parents)[-1]]
        parents |= nested(text, parent)
    return parents


def names_of(text: str) -> list[str]:
    """The classes that a piece of the drawing names."""
    return [name for name in NAME.findall(text) if hasattr(module, name)]


def nested(text: str, parent: str) -> dict[str, str]:
    """`TLSError (TLSVerifyError)`: what stands in brackets is the child of what stands before them."""
    parents: dict[str, str] = {}
    last = parent
    for mark, name in re.findall(r"(\(?)\b([A-Z]\w+)", text):
        if hasattr(module, name):
            parents[name] = last if mark else parent
            last = parents[name] if mark else name
    return parents


def test_the_drawing_is_the_tree() -> None:
    """Each class stands in it once, below its parent."""
    classes = {
        each.__name__: next(base.__name__ for base in each.__mro__[1:] if base in CLASSES)
        for each in CLASSES
        if each is not RestkitError
    }

    assert classes == drawn()


def test_every_error_is_public() -> None:
    """Importable from `restkit`."""
    assert [] == [each.__name__ for each in CLASSES if getattr(restkit, each.__name__, None) is not each]


FACTS: dict[str, Any] = {
    "method": "GET",
    "url": "https://api.test/users/7",
    "route": "users/{id}",
    "status": 500,
    "request_id": "req-1",
    "attempts": (Attempt(1, None, "ReadTimeout", 0.0, 1.5), Attempt(2, 500, None, 2.0, 0.5)),
    "excerpt": "oops",
}
OWN: dict[type[RestkitError], dict[str, Any]] = {
    StatusError: {"problem": Problem(title="x"), "data": {"a": [1]}, "headers": {"retry-after": "3"}},
    DecodeError: {"path": "$.id", "expected": "int", "offset": 7},
    RedirectRefused: {"location": "https://api.test/elsewhere"},
}


def made(kind: type[RestkitError]) -> RestkitError:
    """An error of this class, with all its facts."""
    if issubclass(kind, ConfigError | InputError):
        return kind("timeout", "is 0", "pass more", **FACTS)
    own = {name: value for base, facts in OWN.items() if issubclass(kind, base) for name, value in facts.items()}
    return kind("it failed", **FACTS, **own)


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("travel", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])  # noqa: S301 - ours
def test_an_error_travels_with_its_facts(kind: type[RestkitError], travel: Any) -> None:
    """Through copy and pickle."""
    error = made(kind)

    twin = travel(error)

    assert (kind, str(error), repr(error), error.args, error.__dict__) == (
        type(twin),
        str(twin),
        repr(twin),
        twin.args,
        twin.__dict__,
    )


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_can_be_made_without_facts(kind: type[RestkitError]) -> None:
    """It says little then."""
    if issubclass(kind, ConfigError | InputError):
        assert "f r; m" == str(kind("f", "r", "m"))
    else:
        assert ("", None, ()) == (str(kind()), kind().url, kind().attempts)


def test_a_copy_keeps_the_cause() -> None:
    """Not the traceback: it is another caller's."""
    error = made(ClientClosed)
    error.__cause__ = ZeroDivisionError("root")

    twin = copy.copy(error)

    assert (error.__cause__, None, True) == (twin.__cause__, twin.__traceback__, twin.__suppress_context__)


def test_an_error_with_its_request_travels_without_it() -> None:
    """That attribute of httpx holds headers, and cannot be pickled."""
    error = restkit.ReadTimeout("slow")
    error.request = httpx.Request("GET", "https://api.test/", headers={"Authorization": "canary"})

    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 - ours

    with pytest.raises(RuntimeError):
        _ = twin.request


def test_an_error_says_where_and_what() -> None:
    """Method, URL, message, request id."""
    assert "GET https://api.test/users/7: it failed (request id req-1)" == str(made(StatusError))


def test_an_errors_url_is_redacted_when_it_is_made() -> None:
    """However it is made."""
    error = RestkitError("x", url="https://user:pw@api.test/?token=canary#top")

    assert "https://api.test/?token=[redacted]" == error.url


def test_errors_below_a_client_are_httpx_errors_too() -> None:
    """Whoever uses a layer in an httpx client keeps their `except`."""
    same = {each.__name__ for each in CLASSES if issubclass(each, httpx.HTTPError)}
    ours = {each.__name__ for each in CLASSES if not issubclass(each, httpx.HTTPError)}

    assert {
        "RestkitError",
        "ConfigError",
        "InputError",
        "BodyChanged",
        "StatusError",
        "DecodeError",
        "StoreError",
    } <= ours
    assert {
        "TransportError",
        "ConnectTimeout",
        "DeadlineExceeded",
        "CircuitOpen",
        "AuthError",
        "TooManyRedirects",
    } <= same


@pytest.mark.parametrize("kind", [CircuitOpen, RateLimitTimeout, TooManyRequests])
def test_a_refusal_may_say_when_to_try_again(kind: type[Refused | TooManyRequests]) -> None:
    """In seconds; a copy and a pickle know it too."""
    error = kind("no", retry_after=2.5)

    assert [2.5, 2.5, None] == [
        copy.copy(error).retry_after,
        pickle.loads(pickle.dumps(error)).retry_after,  # noqa: S301 - our own
        kind().retry_after,
    ]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (NoAnswer(0), "ReadError"),
        (MomentPassed("late", 1.0), "ReadTimeout"),
        (httpx.ConnectError("no"), "ConnectError"),
        (ValueError("mine"), "ValueError"),
    ],
)
def test_an_attempt_names_an_error_by_a_class_that_users_know(error: Exception, name: str) -> None:
    """Not by one of ours that tells more."""
    assert name == name_of(error)
