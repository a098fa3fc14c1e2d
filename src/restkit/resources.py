"""What hangs on a client: groups of resources, found by their annotations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeGuard, get_origin

from typing_extensions import TypeVar

from restkit import url
from restkit.annotations import annotation_of, defining_frame, resolve
from restkit.errors import ConfigError
from restkit.mode import M
from restkit.op import NO_ANSWERS, NOTHING, PENDING, Caller, Op, payload
from restkit.shape import PLAIN, DataPath, Shape
from restkit.unset import UNSET, Unset

if TYPE_CHECKING:
    from restkit.codec import Codec
    from restkit.url import Query, QueryStyle

R = TypeVar("R")
S = TypeVar("S", bound="Resources[Any]")


class Resources(Generic[M]):
    """A group of resources: what a client is, and what an SDK with many resources composes its client of.

    An annotation such as `users: Users[M]` is a resource; it is made when it is first used.
    """

    _path: ClassVar[str] = ""
    _shape: ClassVar[Shape] = PLAIN
    _frame: ClassVar[FrameType | None] = None
    _caller: Caller
    _where: str
    """The path so far, its values in place."""
    _route: str
    """The same with the names of its values."""

    def __init_subclass__(cls, **keywords: Any) -> None:  # noqa: ANN401 - a subclass's own
        super().__init_subclass__(**keywords)
        cls._frame = defining_frame()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - first use only: then it lies in __dict__
        found = None if name.startswith("_") else annotation_of(type(self), name)
        if found is not None:
            annotation, owner = found
            kind = resolve(annotation, owner, name)
            origin = get_origin(kind) or kind
            if is_resources(origin):
                made = self.__dict__[name] = blank(origin)._hang_on(self)
                return made
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def _hang_on(self, parent: Resources[Any]) -> Self:
        """Hang on a client or another resource, at our own path below it."""
        return self._place(parent._caller, below(parent._where, self._path), below(parent._route, self._path))

    def _place(self, caller: Caller, where: str, route: str) -> Self:
        self._caller, self._where, self._route = caller, where, route
        return self

    def call(  # noqa: PLR0913 - what a request is made of
        self,
        method: str,
        template: str = "",
        *,
        params: Query | None = None,
        json: object = UNSET,
        content: Any = None,  # noqa: ANN401 - bytes, text, a file or an iterator, as httpx takes them
        data: Mapping[str, Any] | None = None,
        files: Any = None,  # noqa: ANN401 - as httpx takes them
        headers: Mapping[str, str] | None = None,
        returns: Any = PENDING,  # noqa: ANN401 - a type, of any form
        answers: Mapping[int, Any] = NO_ANSWERS,
        idempotent: bool | None = None,
        data_path: DataPath | Unset | None = UNSET,
        body_key: str | Unset | None = UNSET,
        codec: Codec | None = None,
        query_style: QueryStyle | None = None,
        **values: object,
    ) -> Op[R]:  # pyright: ignore[reportInvalidTypeVarUse] # solved around it
        """Describe a request to a path below this one.

        Each `{name}` in `template` becomes one escaped segment, its value among `values`. What the answer becomes is
        the `Op[...]` of the method's annotation, or `returns`: a type, or a function of the httpx.Response. `answers`
        declares further statuses: `{404: None, 409: Conflict}`. `idempotent` says whether sending it twice is as good
        as once. `data_path` is where in the answer the value lies (`"data.items"`), `body_key` the name under which
        `json` is sent, `codec` what reads and writes this call's bodies, `query_style` how its lists and objects are
        written; each is the resource's unless given.

        Raises ConfigError for a template that does not fit its values, and InputError for a value that cannot be sent.
        """
        shape = self._shape
        if data_path is not UNSET or body_key is not UNSET or codec is not None or query_style is not None:
            shape = shape.with_parts(data_path, body_key, codec, query_style)
        body = NOTHING
        if json is not UNSET or content is not None or data is not None or files is not None:
            wrapped = json if shape.body_key is None or json is UNSET else {shape.body_key: json}
            body = payload(json=wrapped, content=content, data=data, files=files)
        return Op(  # in this order, since names take twice as long
            method,
            below(self._where, url.expand(template, values) if values or "{" in template else template),
            route_below(self._route, template),
            params,
            headers,
            body,
            returns,
            answers,
            idempotent,
            shape=shape,
        )


def below(path: str, further: str) -> str:
    """Two paths as one; below a path that ends with a slash every path does."""
    if not path or not further or further[0] == "?":
        return path + further
    if path[-1] != "/" != further[0]:  # nearly always
        return f"{path}/{further}"
    closing = "/" if path.endswith("/") and not further.endswith("/") else ""
    return f"{path.rstrip('/')}/{further.lstrip('/')}{closing}"


route_below: Callable[[str, str], str] = functools.lru_cache(maxsize=1024)(below)
"""The same for templates, of which there are few."""


def is_resources(kind: object) -> TypeGuard[type[Resources[Any]]]:
    """Whether an annotation names a resource or a group of them."""
    return isinstance(kind, type) and issubclass(kind, Resources)


def blank(kind: type[S]) -> S:
    """A resource that hangs nowhere yet, whatever its author's __init__ wants."""
    return kind.__new__(kind)


def unbound(name: str) -> ConfigError:
    """The error for a resource that hangs on no client."""
    return ConfigError(name, "hangs on no client", "use it as an attribute of one")
