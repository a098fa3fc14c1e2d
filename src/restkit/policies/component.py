"""What of a request a message signature covers: components, as RFC 9421 names them (section 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from restkit.errors import ConfigError

DERIVED = frozenset(
    {"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "@query-param"}
)
"""Components of a request that are no headers (section 2.2)."""
DIGEST = "content-digest"
"""The header that stands for the body (RFC 9530)."""
_NAME = r"@?[a-z0-9!#$%&'*+\-.^_`|~]+"
_ITEM = re.compile(
    rf"(?P<quote>\"?)(?P<name>{_NAME})(?P=quote)(?P<parameters>(?:;[a-z]+(?:=\"[^\"\\\\]+\")?)*)", re.ASCII
)
_OF_A_HEADER = re.compile(r"(?:;sf)?(?:;key=\"[ -~]+\")?|;key=\"[ -~]+\";sf|;bs")
_OF_A_PARAMETER = re.compile(r";name=\"[ -~]+\"")
_LIKE = """write it like '@method', 'content-type' or '"@query-param";name="id"'"""


@frozen
class Component:
    """One component: its name, in lower case, and its parameters."""

    name: str
    parameters: str = ""

    @property
    def is_header(self) -> bool:
        """Whether a header is meant by it."""
        return not self.name.startswith("@")

    @property
    def identifier(self) -> str:
        """As it is signed."""
        return f'"{self.name}"{self.parameters}'


def components(given: Iterable[str]) -> tuple[Component, ...]:
    """Components as they are written. Raises ConfigError for what no request has, and for one that stands twice."""
    if isinstance(given, str) or not isinstance(given, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - users write it
        raise ConfigError("components", f"is of type {type(given).__name__}", "pass a list of names")
    found = tuple(component(each) for each in given)
    if not found or len(set(found)) < len(found):
        raise ConfigError("components", "name one twice" if found else "name nothing", "name each part once")
    return found


def component(given: object) -> Component:
    """A component. Raises ConfigError."""
    found = _ITEM.fullmatch(given) if isinstance(given, str) else None
    if found is None or (found["parameters"] and not found["quote"]):
        raise ConfigError("components", f"has {given!r}, which is no component", _LIKE)
    made = Component(found["name"], found["parameters"])
    if not is_of_a_request(made):
        raise ConfigError("components", f"has {given!r}, which no request has", _LIKE)
    return made


def is_of_a_request(component: Component) -> bool:
    """Whether a request has such a component, and it such parameters."""
    if component.is_header:
        return _OF_A_HEADER.fullmatch(component.parameters) is not None
    if component.name == "@query-param":
        return _OF_A_PARAMETER.fullmatch(component.parameters) is not None
    return component.name in DERIVED and not component.parameters
