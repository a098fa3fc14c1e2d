"""JSON: msgspec reads and writes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import override

from restkit.codec.model_codec import Decode, ModelCodec
from restkit.errors import ConfigError, DecodeError
from restkit.lazy import Lazy

if TYPE_CHECKING:
    import datetime as dt

    from cattrs import Converter

    from restkit.codec.anatomy import Type
    from restkit.codec.codec import Path
    from restkit.codec.renaming import Style

_BOM = b"\xef\xbb\xbf"
_OTHERS = (b"\xff\xfe", b"\xfe\xff", b"\x00")


class JSON(ModelCodec):
    """Models and plain data as JSON (RFC 8259): a codec of models, whose parameters it has.

    A byte order mark is passed over (section 8.1). `duplicates` says what becomes of a name that an object has twice:
    the last counts, or the body is refused, which takes a second look at it.
    """

    media_type = "application/json"
    name = "JSON"
    rich: ClassVar[bool] = True
    void: ClassVar[bytes] = b"null"

    def __init__(
        self,
        converter: Converter | None = None,
        *,
        rename: Style | None = None,
        unknown: Literal["ignore", "refuse"] = "ignore",
        zone: dt.tzinfo | None = None,
        duplicates: Literal["last", "refuse"] = "last",
    ) -> None:
        super().__init__(converter, rename=rename, unknown=unknown, zone=zone)
        if duplicates not in {"last", "refuse"}:
            raise ConfigError("duplicates", f"is {duplicates!r}", 'pass "last" or "refuse"')
        self._refuses_duplicates = duplicates == "refuse"

    @override
    def decoder(self, declared: Type, path: Path = (), /) -> Decode:
        decode = super().decoder(declared, path)
        if not self._refuses_duplicates:
            return decode

        def decode_unique(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
            from restkit.codec.duplicates import refuse_duplicates

            value = decode(content)
            refuse_duplicates(content.removeprefix(_BOM))
            return value

        return decode_unique

    @override
    def load(self, content: bytes) -> Any:
        import msgspec

        return loaded(content, msgspec.json.decode)

    @override
    def load_written(self, content: bytes) -> Any:
        import msgspec

        from restkit.codec.leaves import Written

        return loaded(content, msgspec.json.Decoder(float_hook=Written).decode)

    @override
    def dump(self, plain: Any) -> bytes:
        return self._encode(plain)

    @Lazy
    def _encode(self) -> Callable[[Any], bytes]:
        import msgspec

        return msgspec.json.Encoder().encode

    @override
    def direct(self, declared: Type, path: Path) -> Decode | None:
        from restkit.codec.exact import direct

        return direct(declared, path, self.manner)


def loaded(content: bytes, decode: Decode) -> Any:  # noqa: ANN401 - plain data
    """The plain data of JSON. Raises DecodeError saying what is wrong with it."""
    import msgspec

    try:
        return decode(content.removeprefix(_BOM))
    except msgspec.ValidationError as error:  # a number too large for Python
        from restkit.codec.misfit import failure, of_msgspec, places

        raise failure(list(places(of_msgspec(error), Any, "$"))) from None
    except msgspec.DecodeError as error:
        raise DecodeError(reason(content, error), expected="JSON") from None


def reason(content: bytes, error: Exception) -> str:
    """What is wrong with a body that is no JSON."""
    if not content:
        return "the body is empty"
    if content[:2].startswith(_OTHERS) or content[1:2] == b"\x00":
        return "the body is in UTF-16 or UTF-32, and JSON is in UTF-8"
    return str(error)
