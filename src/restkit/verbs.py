"""The six verbs, a class each: a resource is made of those it has."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self

from typing_extensions import TypeVar, Unpack

from restkit import url
from restkit.annotations import bindings, closed
from restkit.codec.fields import Fields
from restkit.context import ViewOptions
from restkit.declare import listing, operation
from restkit.errors import ConfigError, InputError
from restkit.mode import M
from restkit.op import Op
from restkit.resources import Resources, below, blank
from restkit.shape import DataPath
from restkit.unset import UNSET, Unset

if TYPE_CHECKING:
    from restkit.codec import Codec
    from restkit.pagination import Paginator
    from restkit.url import QueryStyle

T = TypeVar("T")
Id = int | str | uuid.UUID
Items = list


class BareResource(Resources[M], Generic[T, M]):
    """A path and a model, without verbs: derive from it, or from those verbs that the API has.

    Class keywords: `path`, below the client's base URL or the parent (one that ends with a slash closes every path
    below it with one); `pages`, how its lists are paged; `data_path`, where in an answer the value lies
    (`"data.items"`); `body_key`, the name under which a JSON body is sent; `codec`, what reads and writes its bodies;
    `query_style`, how lists and objects are written into its queries.
    """

    _pages: ClassVar[Paginator | None] = None
    _model: ClassVar[Any] = Any

    def __init_subclass__(  # noqa: PLR0913 - each by its keyword
        cls,
        *,
        path: str | None = None,
        pages: Paginator | None = None,
        data_path: DataPath | Unset | None = UNSET,
        body_key: str | Unset | None = UNSET,
        codec: Codec | None = None,
        query_style: QueryStyle | None = None,
        **keywords: Any,  # noqa: ANN401 - a subclass's own
    ) -> None:
        super().__init_subclass__(**keywords)
        cls._model = closed(bindings(cls).get(vars(BareResource)["__parameters__"][0], Any))
        cls._shape = cls._shape.with_parts(data_path, body_key, codec, query_style)
        if path is not None:
            cls._path = path.lstrip("/")
        if pages is not None:
            if not callable(getattr(pages, "following", None)):
                raise ConfigError("pages", "is no paginator", "pass one, such as SinglePage()")
            cls._pages = pages

    def __get__(self, owner: Any, kind: type) -> Self:  # noqa: ANN401 - a client or resource, or None
        """Hang a resource that was written as an instance (`posts = Posts[M]()`) on the one it belongs to."""
        return self if owner is None or "_caller" in vars(self) else blank(type(self))._hang_on(owner)

    def __call__(self, *ids: Id) -> Self:
        """One of its items, as the parent of sub-resources: `client.users(7).posts`."""
        where = below(self._where, "/".join(url.segment("id", each) for each in ids))
        return blank(type(self))._place(self._caller, where, below(self._route, "/".join("{id}" for _ in ids)))

    def with_options(self, **options: Unpack[ViewOptions]) -> Self:
        """The same resource with other timeouts, headers or parameters for its calls."""
        view = self._caller.with_options(**options)
        return blank(type(self))._place(view, self._where, self._route)


class Gets(BareResource[T, M]):
    """A resource whose items can be fetched."""

    @operation
    def get(self, id: Id, /) -> Op[T]:
        """Fetch one. Raises NotFound if there is none."""
        return self.call("GET", "{id}", id=id)


class Lists(BareResource[T, M]):
    """A resource whose items can be listed."""

    @listing
    def list(self, /, **params: object) -> Op[Items[T]]:
        """List them, with these query parameters."""
        return self.call("GET", params=params)


class Creates(BareResource[T, M]):
    """A resource that takes new items."""

    @operation
    def create(self, item: T | None = None, /, **fields: object) -> Op[T]:
        """Create one, from an item or from its fields. Raises InputError if both are given."""
        if item is not None and fields:
            raise InputError("item", "is given, and fields as well", "pass one or the other")
        return self.call("POST", json=Fields(self._model, fields) if item is None else item)


class Updates(BareResource[T, M]):
    """A resource whose items can be changed in part."""

    @operation
    def update(self, id: Id, /, **fields: object) -> Op[T]:
        """Change the given fields of one (PATCH, RFC 5789): None is sent as null, what is left out stays as it is."""
        return self.call("PATCH", "{id}", json=Fields(self._model, fields), id=id)


class Replaces(BareResource[T, M]):
    """A resource whose items can be replaced."""

    @operation
    def replace(self, id: Id, item: T, /) -> Op[T]:
        """Put another in its place (PUT)."""
        return self.call("PUT", "{id}", json=item, id=id)


class Deletes(BareResource[T, M]):
    """A resource whose items can be deleted."""

    @operation
    def delete(self, id: Id, /) -> Op[None]:
        """Delete one."""
        return self.call("DELETE", "{id}", id=id)
