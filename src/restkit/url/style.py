"""How an API wants lists and objects in its queries."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

from attrs import Attribute, field, frozen

from restkit.errors import ConfigError, InputError

Lists: TypeAlias = Literal["repeat", "comma", "brackets", "indices"]
Objects: TypeAlias = Literal["refuse", "brackets", "dots"]
CHOICES: dict[str, tuple[str, ...]] = {"lists": get_args(Lists), "objects": get_args(Objects)}


def known(_: object, attribute: Attribute[Any], value: object) -> None:
    """Raise ConfigError for a word that no style has."""
    choices = CHOICES[attribute.name]
    if value not in choices:
        raise ConfigError(f"query_style.{attribute.name}", "is no style", f"pass one of {', '.join(choices)}")


@frozen(kw_only=True)
class QueryStyle:
    """How lists and objects are written into a query; there is no standard for either.

    Brackets are written escaped, as `%5B` and `%5D` (RFC 3986, section 3.4 has no others), which servers read alike.
    Raises ConfigError for a word that is no style.
    """

    lists: Lists = field(default="repeat", validator=known)
    """`[1, 2]` as `a`: `a=1&a=2` (repeat), `a=1,2` (comma; one inside a value is escaped), `a[]=1&a[]=2` (brackets) or
    `a[0]=1&a[1]=2` (indices)."""
    objects: Objects = field(default="refuse", validator=known)
    """`{"b": 1}` as `a`: refused, `a[b]=1` (brackets) or `a.b=1` (dots); deeper ones likewise."""

    def item(self, name: str, index: int) -> str:
        """The name of an item of a list."""
        if self.lists == "indices":
            return f"{name}[{index}]"
        return f"{name}[]" if self.lists == "brackets" else name

    def member(self, name: str, key: str) -> str:
        """The name of a member of an object. Raises InputError for a key that could be read as another."""
        if not key or set(key) & set("[]" if self.objects == "brackets" else "."):
            raise InputError(name, "has a key that is empty or holds marks of its style", "rename the key")
        return f"{name}[{key}]" if self.objects == "brackets" else f"{name}.{key}"


STYLE = QueryStyle()
"""What a client writes unless told otherwise."""
