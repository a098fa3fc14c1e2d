"""What a field is called on the wire, where that is not its name here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from attrs import field, frozen

from restkit.codec.anatomy import Type, fields_of, is_pydantic, is_struct
from restkit.errors import ConfigError

K = TypeVar("K", bound=type)
Style = Literal["camel", "pascal", "kebab", "alias"] | Callable[[str], str]
"""How names are changed: `createdAt`, `CreatedAt`, `created-at`, attrs' own alias, or by a function."""
_MARK = "__restkit_renamed__"


@frozen
class Renamed:
    """What `@rename` says of a class."""

    style: Style | None = None
    names: Mapping[str, str] = field(factory=dict[str, str])


def rename(style: Style | None = None, /, **names: str) -> Callable[[K], K]:
    """A class decorator: what the fields of a model are called on the wire, both ways.

    `@rename("camel")` changes all names, `@rename(kind="@type")` those given; both together are possible. It goes for
    attrs classes and dataclasses, and for TypedDicts when they are read, before what their codec says; pydantic models
    and Structs have their own. Raises ConfigError for a field that the class does not have, and a style that does
    not exist.
    """
    check(style)

    def mark(kind: K) -> K:
        given = Renamed(style, names)
        type.__setattr__(kind, _MARK, given)
        refuse_strangers(kind, names)
        return kind

    return mark


def check(style: Style | None) -> None:
    """Raise ConfigError for a style that does not exist."""
    if style is not None and style != "alias" and style not in _STYLES and not callable(style):
        raise ConfigError(
            "rename", f"is {style!r}", f"choose one of {', '.join(_STYLES)} and alias, or pass a function"
        )


def refuse_strangers(kind: type, names: Mapping[str, str]) -> None:
    """Raise ConfigError for a name that is no field of a class."""
    known = fields_of(kind)
    for name in names:
        if known is not None and name not in known:
            import difflib

            close = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean {close[0]!r}?" if close else f"its fields are {', '.join(known)}"
            raise ConfigError(f"rename({name}) on {kind.__qualname__}", "is no field of it", remedy)


def wire_names(kind: Type, style: Style | None) -> Mapping[str, str]:
    """The name on the wire of each field of a model whose codec renames by `style`; none of another class.

    Structs and pydantic models say it themselves.
    """
    return _wire_names(kind, style)


@functools.lru_cache(maxsize=1024)
def _wire_names(kind: Type, style: Style | None) -> Mapping[str, str]:
    if is_struct(kind):
        return dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    if is_pydantic(kind):
        fields = getattr(kind, "model_fields", None) or kind.__pydantic_fields__
        return {name: each.serialization_alias or each.alias or name for name, each in fields.items()}
    said: Renamed = getattr(kind, _MARK, None) or Renamed()
    by = said.style if said.style is not None else style
    return {name: said.names.get(name) or styled(kind, name, by) for name in fields_of(kind) or ()}


def styled(kind: type, name: str, style: Style | None) -> str:
    """A field's name in a style."""
    if style is None:
        return name
    if style == "alias":
        return alias_of(kind, name)
    return _STYLES[style](name) if isinstance(style, str) else style(name)


def alias_of(kind: Any, name: str) -> str:  # noqa: ANN401 - a class, which may be one of attrs
    """What attrs calls a field in `__init__`; elsewhere its name."""
    found = next((each for each in getattr(kind, "__attrs_attrs__", ()) if each.name == name), None)
    return name if found is None else str(found.alias)


def camel(name: str) -> str:
    """`created_at` as `createdAt`; an underscore at the end only kept a word of Python's apart."""
    before, (head, *rest) = words(name)
    return before + head + "".join(map(capitalized, rest))


def pascal(name: str) -> str:
    """`created_at` as `CreatedAt`."""
    before, found = words(name)
    return before + "".join(map(capitalized, found))


def kebab(name: str) -> str:
    """`created_at` as `created-at`."""
    before, found = words(name)
    return before + "-".join(found)


def words(name: str) -> tuple[str, list[str]]:
    """The underscores before a name, and its words."""
    bare = name.lstrip("_")
    return name[: len(name) - len(bare)], [word for word in bare.split("_") if word] or [""]


def capitalized(word: str) -> str:
    """A word with a large first letter; the others stay."""
    return word[:1].upper() + word[1:]


_STYLES: dict[str, Callable[[str], str]] = {"camel": camel, "pascal": pascal, "kebab": kebab}
