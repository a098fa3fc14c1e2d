"""A token: what a token endpoint answers, as it is kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NoReturn, Self, cast

from attrs import field, frozen
from typing_extensions import override

from restkit.errors import InputError


@frozen(kw_only=True)
class Token:
    """An access token with its life. Neither it nor its refresh token is ever shown; `to_dict` is for stores."""

    value: str = field(repr=False)
    kind: str = "Bearer"
    """The name of the scheme in the Authorization header (RFC 6749, section 7.1)."""
    expires_at: float | None = None
    """The moment of its end, in seconds since 1970; None if nobody said."""
    lifetime: float | None = None
    """Seconds that it was good for when it was issued."""
    refresh_token: str | None = field(default=None, repr=False)
    """What another one is had for, without who it stands for."""
    scope: str | None = None
    """What it allows, as the server said."""
    extra: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    """What else came with it."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it, secrets included: for stores."""
        kept = {name: getattr(self, name) for name in _KINDS}
        return {name: dict(value) if name == "extra" else value for name, value in kept.items() if value is not None}

    @classmethod
    def from_dict(cls, given: object) -> Self:
        """What `to_dict` gave. Raises InputError, naming the field, for anything else."""
        if not isinstance(given, Mapping):
            raise InputError("token", f"is of type {type(given).__name__}", "pass what Token.to_dict gave")
        named = cast("Mapping[str, Any]", given)
        wrong = [name for name in _KINDS if not is_held(name, named.get(name, _ABSENT[name]))]
        if wrong:
            raise InputError(f"token[{wrong[0]!r}]", "is missing, or of the wrong type", "pass what Token.to_dict gave")
        return cls(**{name: named[name] for name in _KINDS if name in named})

    @override
    def __getstate__(self) -> NoReturn:
        raise TypeError("a Token is not pickled, since it is a secret: keep it in a token store")


def is_held(name: str, given: object) -> bool:
    """Whether a field can hold this: a number has to be one that clocks can tell."""
    if isinstance(given, int | float) and not abs(given) <= sys.float_info.max:
        return False
    return isinstance(given, _KINDS[name])


_KINDS: dict[str, tuple[type, ...]] = {
    "value": (str,),
    "kind": (str,),
    "expires_at": (int, float, type(None)),
    "lifetime": (int, float, type(None)),
    "refresh_token": (str, type(None)),
    "scope": (str, type(None)),
    "extra": (Mapping,),
}
_ABSENT: dict[str, Any] = dict.fromkeys(_KINDS) | {"kind": "", "extra": {}}
"""What a field that is not there counts as: all but the value may be left out."""
