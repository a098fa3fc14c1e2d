"""How an API wraps and writes things: what a resource says once for all its calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from restkit.errors import ConfigError
from restkit.unset import Unset

if TYPE_CHECKING:
    from restkit.codec import Codec
    from restkit.url import QueryStyle

DataPath = str | Sequence[str]
"""Where in an answer the value lies: `"data.items"`, or `("data", "items")` where a name holds a dot."""


def names(path: DataPath | None) -> tuple[str, ...]:
    """The names on the way to a value. Raises ConfigError for an empty one."""
    parts = tuple(path.split(".") if isinstance(path, str) else path or ())
    if not all(parts):
        raise ConfigError("data_path", "has an empty name in it", 'write it like "data.items"')
    return parts


@frozen(cache_hash=True)
class Shape:
    """The envelope of bodies and answers, the codec, and the style of queries.

    Raises ConfigError for a data path with an empty name.
    """

    data_path: tuple[str, ...] = field(default=(), converter=names)
    """Where in an answer the value lies."""
    body_key: str | None = None
    """The name under which a JSON body is sent: `{"data": {...}}`."""
    codec: Codec | None = field(default=None)
    """What reads and writes bodies; None for the client's."""
    query_style: QueryStyle | None = None
    """How lists and objects are written into a query; None for the client's style."""

    def with_parts(
        self,
        data_path: DataPath | Unset | None,
        body_key: str | Unset | None,
        codec: Codec | None,
        query_style: QueryStyle | None,
    ) -> Shape:
        """This shape with the given parts; UNSET leaves the envelope's as they are, None the others."""
        made = Shape(
            self.data_path if isinstance(data_path, Unset) else data_path,
            self.body_key if isinstance(body_key, Unset) else body_key,
            codec or self.codec,
            query_style or self.query_style,
        )
        return self if made == self else made

    def without_envelope(self) -> Shape:
        """This shape for answers that come as they are."""
        return evolve(self, data_path=()) if self.data_path else self


PLAIN = Shape()
"""Nothing special: bodies and answers as they are."""
