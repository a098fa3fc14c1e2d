"""A call to log in, or to renew what a login brought, described by data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias, cast
from urllib.parse import urlencode

import httpx
from attrs import field, frozen
from typing_extensions import TypeVar, override

from restkit.credentials.secret import EnvVar, Value, ask, checked, checked_password, password_text
from restkit.errors import ConfigError
from restkit.flow import Flow
from restkit.policies.checked import CHECK, check_fields, mapping
from restkit.policies.field_name import checked_header_name, checked_token
from restkit.redaction import declare, redact_url
from restkit.tokens.endpoint import FORM

T = TypeVar("T")
Known: TypeAlias = Mapping[str, str]
"""What stands for `{token}`, `{refresh_token}` and `{csrf}` in the text of a call."""
_SLOT = re.compile(r"\{(token|refresh_token|csrf)\}")


def checked_url(name: str, given: object) -> str:
    """A URL, or a path below the API's. Raises ConfigError."""
    if not isinstance(given, str) or not given.isprintable():
        raise ConfigError(name, "is no URL or path", "pass text like 'auth/login'")
    return given


def checked_json(name: str, given: object) -> Mapping[str, Any] | None:
    """A JSON object, with secrets in it that are had when it is sent. Raises ConfigError."""
    if given is None:
        return None
    made = mapping(name, given)
    check_json(name, made)
    return made


def check_json(name: str, given: object) -> None:
    """Raise ConfigError for what is neither JSON nor a secret."""
    if isinstance(given, Mapping):
        for key, value in mapping(name, cast("object", given)).items():  # of whatever it holds
            check_json(remembered(key, value), value)
    elif isinstance(given, list | tuple):
        for each in cast("Sequence[object]", given):
            check_json(name, each)
    elif not isinstance(given, str | EnvVar | int | float | None) and not callable(given):
        raise ConfigError(
            name, f"is of type {type(given).__name__}", "pass text, a secret, a number, a list or an object"
        )


def checked_form(name: str, given: object) -> Mapping[str, Value] | None:
    """The fields of a form. Raises ConfigError."""
    if given is None:
        return None
    fields = {key: "" if value is None else value for key, value in mapping(name, given).items()}
    return {key: checked_password(remembered(key, value), value) for key, value in fields.items()}


def checked_headers(name: str, given: object) -> Mapping[str, Value]:
    """Headers by their names. Raises ConfigError."""
    fields = mapping(name, given).items()
    return {checked_header_name(name, key): checked_password(remembered(key, value), value) for key, value in fields}


def remembered(name: str, value: object) -> str:
    """The name of a field; from now on known as that of a secret, if its value is had from elsewhere."""
    if isinstance(value, EnvVar) or callable(value):
        declare(name)
    return name


@frozen
class LoginCall:
    """One call: where it goes and what it says.

    Parameters: `url`, absolute, or a path below the API's `base_url`; `json` or `form`, the body, whose values may be
    secrets, each text, an `EnvVar`, or what a function gives; `headers`, likewise; `method`. In their text `{token}`
    and `{refresh_token}` stand for what the last login brought, and `{csrf}` for the token of the page that was
    fetched before. Raises ConfigError.
    """

    url: str = field(repr=redact_url, metadata={CHECK: checked_url})
    json: Mapping[str, Any] | None = field(default=None, repr=False, kw_only=True, metadata={CHECK: checked_json})
    form: Mapping[str, Value] | None = field(default=None, repr=False, kw_only=True, metadata={CHECK: checked_form})
    headers: Mapping[str, Value] = field(
        factory=dict[str, Value], repr=False, kw_only=True, metadata={CHECK: checked_headers}
    )
    method: str = field(default="POST", kw_only=True, metadata={CHECK: checked_token})

    def __attrs_post_init__(self) -> None:
        check_fields(self)
        if self.json is not None and self.form is not None:
            raise ConfigError("json, form", "are both set", "pass the one that the API takes")

    @override
    def __getstate__(self) -> NoReturn:
        raise TypeError("a LoginCall is not pickled, since it holds secrets: make it anew where it is needed")

    @property
    def names(self) -> frozenset[str]:
        """The names of all that it says, in lower case: none of its values is shown where it is refused."""
        return frozenset(name.lower() for each in (self.json, self.form, self.headers) for name in names_in(each))

    def request(self, url: httpx.URL, known: Known) -> Flow[httpx.Request]:
        """The request, to this URL. Raises ConfigError for a secret that is not there."""
        headers = {"Accept": "application/json, */*;q=0.5", "User-Agent": "restkit"}
        for name, value in self.headers.items():
            headers[name] = checked(name, (yield from filled(name, value, known)))
        if self.form is not None:
            headers["Content-Type"] = FORM
        elif self.json is not None:
            headers["Content-Type"] = "application/json"
        return httpx.Request(self.method, url, headers=headers, content=(yield from self._content(known)))

    def _content(self, known: Known) -> Flow[bytes]:
        if self.form is not None:
            fields: dict[str, str] = yield from filled("form", self.form, known)
            return urlencode(fields).encode("ascii")
        if self.json is None:
            return b""
        import json

        said: object = yield from filled("json", self.json, known)
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def checked_call(name: str, given: object) -> LoginCall:
    """A call. Raises ConfigError."""
    if not isinstance(given, LoginCall):
        raise ConfigError(name, f"is of type {type(given).__name__}", "pass a LoginCall, which says what is sent")
    return given


def names_in(value: object) -> Iterator[str]:
    """The names of all fields of a value."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)  # as checked
        yield from members
        yield from (name for each in members.values() for name in names_in(each))
    elif isinstance(value, list | tuple):
        yield from (name for each in cast("Sequence[object]", value) for name in names_in(each))


def filled(name: str, value: Any, known: Known) -> Flow[Any]:  # noqa: ANN401 - JSON, with secrets among its values
    """A value with all that is only known when it is sent. The text of secrets is left as it is."""
    if isinstance(value, str):
        return _SLOT.sub(lambda found: known.get(found[1], found[0]), value)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)  # as checked
        return dict((yield from together(pair(key, each, known) for key, each in members.items())))
    if isinstance(value, list | tuple):
        items = cast("Sequence[Any]", value)
        return (yield from together(filled(name, each, known) for each in items))
    if isinstance(value, EnvVar) or callable(value):
        return (yield from ask(name, cast("Value", value), password_text))  # a function is one
    return value


def pair(name: str, value: Any, known: Known) -> Flow[tuple[str, Any]]:  # noqa: ANN401 - likewise
    """A field of an object."""
    return name, (yield from filled(name, value, known))


def together(flows: Iterable[Flow[T]]) -> Flow[list[T]]:
    """What flows answer, one after the other."""
    found: list[T] = []
    for each in flows:
        answer = yield from each
        found.append(answer)
    return found
