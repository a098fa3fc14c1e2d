"""Secrets: where they come from, and what they must be. None is ever shown."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast

from attrs import field, frozen

from restkit.errors import ConfigError
from restkit.flow import Ask, Flow
from restkit.policies.checked import CHECK, check_fields

VISIBLE = range(0x20, 0x7F)
"""What may stand in a header: visible ASCII and spaces."""


def checked_name(field_name: str, given: object) -> str:
    """The name of an environment variable. Raises ConfigError."""
    if not isinstance(given, str) or not given or "=" in given or "\0" in given:
        raise ConfigError(field_name, "is no name of an environment variable", "pass one like 'API_TOKEN'")
    return given


@frozen
class EnvVar:
    """An environment variable that holds a secret: read each time that the secret is asked for, and never shown."""

    name: str = field(metadata={CHECK: checked_name})

    def __attrs_post_init__(self) -> None:
        check_fields(self)

    @property
    def where(self) -> str:
        """What errors call it."""
        return f"environment variable {self.name}"

    def text(self) -> str:
        """What it holds, in one line or several. Raises ConfigError for nothing, and for a shell's quotes around it."""
        given = os.environ.get(self.name)
        if not given:
            raise ConfigError(self.where, "is not set" if given is None else "is empty", "set it to the secret")
        if len(given) > 1 and given[0] == given[-1] and given[0] in "'\"":
            raise ConfigError(self.where, "holds quotes around the secret", "leave the quotes out")
        return given


Value: TypeAlias = str | EnvVar | Callable[[], str | Awaitable[str]]
"""A secret: itself, the environment variable that holds it, or a function, plain or not, that gives it each time."""


def checked(name: str, given: object) -> str:
    """A secret that can stand in a header. Raises ConfigError, without showing it."""
    if not isinstance(given, str):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass text")
    if not given:
        raise ConfigError(name, "is empty", "pass the secret")
    if any(ord(each) not in VISIBLE for each in given):
        raise ConfigError(name, "holds a line break, a control character or one that is not ASCII", "check its source")
    if given != given.strip():
        raise ConfigError(name, "has spaces around it", "check its source")
    return given


def checked_value(name: str, given: object, check: Callable[[str, object], str] = checked) -> Value:
    """A secret as it may be written, by default one for a header. Raises ConfigError for what is none."""
    if isinstance(given, EnvVar) or callable(given):
        return cast("Value", given)  # what a function gives is checked when it has
    return check(name, given)


def checked_password(name: str, given: object) -> Value:
    """A password, or where it comes from. Raises ConfigError."""
    return checked_value(name, given, password_text)


def checked_user(given: object) -> str:
    """A user name, as Basic can send it (RFC 7617, section 2). Raises ConfigError."""
    if not isinstance(given, str) or ":" in given or not given.isprintable():
        raise ConfigError("user", "is no user name, or has a colon or a control character in it", "pass text without")
    return given


def password_text(name: str, given: object) -> str:
    """A password as text, which may be empty and in any script, without control characters. Raises ConfigError."""
    if not isinstance(given, str):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass text")
    if not given.isprintable():
        raise ConfigError(name, "holds a line break or a control character", "check its source")
    return given


def ask(name: str, value: Value, check: Callable[[str, object], str] = checked) -> Flow[str]:
    """A secret's value, as it is now, by default one for a header. Raises ConfigError if there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, EnvVar):
        return check(value.where, value.text())
    answer: object = yield from Ask[object].of(value)
    return check(name, answer)
