"""What every codec of models is made of: a format reads and writes plain data, cattrs makes models of it and back.

Theory of operation. A declared type is read in one of two ways, found out once for each type. The *direct* way is the
format's engine alone, where that is known to make just what the thorough way makes. The *thorough* way reads plain
data, and cattrs makes the type of it. Whatever the direct way refuses is read again the thorough way, and whatever
that refuses a third time by a converter that finds every wrong place; so only bad bodies cost more. Writing likewise.
"""

from __future__ import annotations

import datetime as dt
import functools
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from restkit.codec.fields import Fields, named
from restkit.errors import ConfigError, DecodeError
from restkit.lazy import Lazy

if TYPE_CHECKING:
    from cattrs import Converter

    from restkit.codec.anatomy import Type
    from restkit.codec.codec import Path
    from restkit.codec.converter import Manner
    from restkit.codec.plain import Writer
    from restkit.codec.renaming import Style
    from restkit.codec.soundness import Soundness

Decode = Callable[[bytes], Any]


class ModelCodec:
    """A codec of attrs classes, dataclasses, TypedDicts, pydantic models, Structs and plain data, in some format.

    A format is a subclass with `media_type`, `name`, `load` and `dump`. Parameters: `converter`, a cattrs Converter of
    your own with its hooks, used as it is; or, without one, `rename`, what the fields of models are called on the wire
    ("camel", "pascal", "kebab", "alias" or a function; `@rename` on a model goes first); `unknown`, whether fields that
    a model does not have are ignored or refused (a field of type `Extras` keeps them); `zone`, the time zone of times
    that say none: without it those are read as they are, and refused when sent. Raises ConfigError.
    """

    media_type: str
    """What is sent as Content-Type and asked for as Accept."""
    name: str
    """What errors call the format."""
    rich: ClassVar[bool] = False
    """Whether `dump` itself writes models, dates, UUIDs, Decimals and bytes; else it is given text for the latter."""
    void: ClassVar[bytes] = b""
    """What stands in a body, among other things, if `dump` had to write a number that the format does not have."""
    natives: ClassVar[tuple[type, ...]] = ()
    """Which of dates, UUIDs, Decimals and bytes `dump` takes as they are, if it is not rich."""
    lax: ClassVar[bool] = False
    """Whether the format has no numbers, so that they come as text."""
    _given: Converter | None
    _rename: Style | None
    _zone: dt.tzinfo | None

    def __init__(
        self,
        converter: Converter | None = None,
        *,
        rename: Style | None = None,
        unknown: Literal["ignore", "refuse"] = "ignore",
        zone: dt.tzinfo | None = None,
    ) -> None:
        if converter is not None and (rename, unknown, zone) != (None, "ignore", None):
            raise ConfigError(
                "converter", "is given, and rename, unknown or zone as well", "say those to the converter"
            )
        if unknown not in {"ignore", "refuse"}:
            raise ConfigError(
                "unknown", f"is {unknown!r}", 'pass "ignore" or "refuse"; a field of type Extras keeps them'
            )
        refuse_no_zone(zone)
        if rename is not None:
            from restkit.codec.renaming import check

            check(rename)
        self._given, self._rename, self._zone = converter, rename, zone
        self._refuses = unknown == "refuse"
        self._writes = self.rich and converter is None
        self._decoders: dict[tuple[Any, Path], Decode] = {}

    @abstractmethod
    def load(self, content: bytes, /) -> Any:  # noqa: ANN401 - plain data
        """The plain data of a body. Raises DecodeError, or any ValueError, for one that is malformed."""

    @abstractmethod
    def dump(self, plain: Any, /) -> bytes:  # noqa: ANN401 - plain data
        """The body of plain data. Raises TypeError or ValueError for what the format cannot write."""

    def load_written(self, content: bytes, /) -> Any:  # noqa: ANN401 - plain data
        """The plain data of a body, numbers with a fraction as `Written` if the format has numbers at all."""
        return self.load(content)

    def direct(self, declared: Type, path: Path, /) -> Decode | None:  # noqa: ARG002 - by default there is none
        """The direct way to read a type that lies at a path; None if there is none."""
        return None

    def decoder(self, declared: Type, path: Path = (), /) -> Decode:
        """A function from bytes to the declared type, which lies at a path in them.

        Raises ConfigError for a type that nothing can be read as.
        """
        from restkit.codec.anatomy import bare

        declared = bare(declared)
        key = declared, path
        if key not in self._decoders:
            try:
                self._decoders[key] = self._decoder(declared, path)
            except ConfigError:
                raise
            except Exception as error:
                raise unreadable(declared, error) from error
        return self._decoders[key]

    def _decoder(self, declared: Type, path: Path) -> Decode:
        direct = None if self._given else self.direct(declared, path)
        if direct is None:
            return self._thorough(declared, path)

        def decode(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
            try:
                return direct(content)
            except Exception:  # noqa: BLE001 - validators are the user's, and may raise anything
                return self._thorough(declared, path)(content)  # it says where and why

        return decode

    @Lazy
    def manner(self) -> Manner:
        """How models are read and written."""
        from restkit.codec.converter import Manner

        return Manner(self._rename, self._refuses, self._zone, self.lax)

    def _converter(self, *, detailed: bool = False, written: bool = False) -> Converter:
        if self._given is not None:
            return self._given.copy(detailed_validation=True) if detailed else self._given
        return self._own(detailed, written)

    @Lazy
    def _own(self) -> Callable[[bool, bool], Converter]:
        from restkit.codec.converter import make_converter

        def make(detailed: bool, written: bool) -> Converter:  # noqa: FBT001 - as a cache has them
            return make_converter(self.manner, detailed=detailed, written=written)

        return functools.cache(make)

    def _thorough(self, declared: Type, path: Path) -> Decode:
        """The thorough way to read a type."""
        from decimal import Decimal

        from restkit.codec.anatomy import parts
        from restkit.codec.misfit import reach

        written = self._given is None and Decimal in parts(declared)
        load = self.load_written if written else self.load
        take = self._converter(written=written).get_structure_hook(declared)

        def decode(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
            value, where = reach(self._loaded(load, content), path)
            try:
                return take(value, declared)
            except Exception as error:  # noqa: BLE001 - hooks are the user's, and may raise anything
                raise self._explained(value, declared, error, where, written=written) from None

        return decode

    def _loaded(self, load: Decode, content: bytes) -> Any:  # noqa: ANN401 - plain data
        """The plain data of a body. Raises DecodeError for one that is malformed, or nested too deep."""
        try:
            return load(content)
        except UnicodeDecodeError:
            raise DecodeError("the body holds text that is not in UTF-8", expected=self.name) from None
        except RecursionError:
            raise DecodeError(f"the {self.name} is too deep", expected=self.name) from None
        except (ValueError, TypeError, MemoryError):  # what they say may quote the body
            raise DecodeError(f"the body is no {self.name}", expected=self.name) from None

    def _explained(self, value: object, declared: Type, error: Exception, where: str, *, written: bool) -> DecodeError:
        """The error that names each wrong place and what should stand there, never the value."""
        from restkit.codec.misfit import failure, places

        try:
            _ = self._converter(detailed=True, written=written).get_structure_hook(declared)(value, declared)
        except Exception as detailed:  # noqa: BLE001 - likewise
            error = detailed
        try:
            return failure(list(places(error, declared, where)))
        except RecursionError:
            return DecodeError(f"the {self.name} is too deep", path=where, expected=self.name)

    @Lazy
    def _soundness(self) -> Soundness:
        from restkit.codec.soundness import Soundness

        return Soundness(self._rename, trusts=True)

    @Lazy
    def _certainty(self) -> Soundness:
        from restkit.codec.soundness import Soundness

        return Soundness(self._rename)

    @Lazy
    def _plain(self) -> Writer:
        from restkit.codec.plain import Writer

        return Writer(self.manner, None if self._given is None else self._given.unstructure)

    def encode(self, value: object, /) -> bytes:
        """The body of a value. Raises InputError naming the place in it that cannot be written."""
        try:
            return (self._written_directly(value) if self._writes else None) or self._written(value)
        except Exception:  # noqa: BLE001 - validators are the user's, and may raise anything
            from restkit.codec.fault import fault

            error = fault(value, self._is_writable, self.name)
        raise error

    def _written_directly(self, value: object) -> bytes | None:
        """The body of a value that the engine writes as it is; None for one that it does not."""
        found = named(value, self._rename) if type(value) is Fields else value
        if is_simple(found):
            return self.dump(found)
        try:
            content = self.dump(found) if self._soundness.holds((found,)) else None
        except TypeError:  # something is not of the type that its class declares
            return None
        may_hide = content is not None and len(content) <= _LOOKED_AT and self.void in content
        return None if may_hide and not self._certainty.holds((found,)) else content

    def _written(self, value: object) -> bytes:
        """The body of a value that is made plain first. Raises TypeError or ValueError for one that cannot be."""
        from restkit.codec.contents import is_endless

        if is_endless(value):
            raise ValueError("endless")
        plain = self._plain(value)
        if self.rich:
            return self.dump(plain)
        import msgspec

        return self.dump(msgspec.to_builtins(plain, builtin_types=self.natives, str_keys=True))

    def _is_writable(self, part: object) -> bool:
        try:
            _ = self._written(part)
        except Exception:  # noqa: BLE001 - validators are the user's, and may raise anything
            return False
        return True


_LOOKED_AT = 65_536
"""Bytes of the largest body that is looked through for numbers in fields of another type, which takes as long as all
other looking together. In larger ones fields are taken for what they declare."""
_SIMPLE: frozenset[type] = frozenset({str, int, bool, type(None)})
_TEXT = frozenset({str})


def is_simple(value: object) -> bool:
    """Whether it is an object of text, whole numbers and such: what most bodies are."""
    if type(value) is not dict:
        return False
    found = cast("dict[object, object]", value)
    return _SIMPLE.issuperset(map(type, found.values())) and _TEXT.issuperset(map(type, found))


def refuse_no_zone(zone: object) -> None:
    """Raise ConfigError for what is no time zone."""
    import datetime as dt

    if zone is not None and not isinstance(zone, dt.tzinfo):
        raise ConfigError(
            "zone", f"is of type {type(zone).__name__}", 'pass one such as datetime.UTC or ZoneInfo("Asia/Tokyo")'
        )


def unreadable(declared: Type, error: Exception) -> ConfigError:
    """The error for a type that cannot be taken apart."""
    from restkit.codec.anatomy import name_of

    return ConfigError(
        name_of(declared),
        f"cannot be read as a body: {str(error).rstrip('.')}",
        "define or import the types of its fields at the top of its module, also at run time",
    )
