"""JSON: msgspec reads and writes it, cattrs makes classes of it and back."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast, get_args

from restkit.codec.exact import is_exact
from restkit.errors import DecodeError, InputError

if TYPE_CHECKING:
    from cattrs import Converter


class JSON:
    """attrs classes, dataclasses and all that cattrs structures, as JSON (RFC 8259).

    `converter` is a cattrs Converter of your own with its hooks; by default one that reads dates in ISO 8601.
    """

    media_type = "application/json"

    def __init__(self, converter: Converter | None = None) -> None:
        self._given = converter

    @functools.cached_property
    def _converter(self) -> Converter:
        return self._given or make_converter(detailed=False)

    @functools.cached_property
    def _explaining(self) -> Converter:
        """A converter that says where a value is wrong: slower, so it is asked only after a failure."""
        return self._given.copy(detailed_validation=True) if self._given else make_converter(detailed=True)

    def decoder(self, declared: Any) -> Callable[[bytes], Any]:  # noqa: ANN401 - a type, of any form
        """A function from JSON to the declared type."""
        declared = bare(declared)
        if declared is Any or declared is object:
            return load
        structure = self._structure(declared)
        if self._given is not None or not is_exact(declared):
            return structure
        import msgspec

        direct = msgspec.json.Decoder(declared).decode

        def decode(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
            try:
                return direct(content)
            except (msgspec.DecodeError, RecursionError):
                return structure(content)  # it says where and why

        return decode

    def _structure(self, declared: Any) -> Callable[[bytes], Any]:  # noqa: ANN401 - a type, of any form
        """A function from JSON to the declared type, by way of cattrs."""

        def decode(content: bytes) -> Any:  # noqa: ANN401 - of the declared type
            value = load(content)
            try:
                return self._converter.structure(value, declared)
            except Exception as error:  # noqa: BLE001 - hooks are the user's, and may raise anything
                raise self._explain(value, declared, error) from None

        return decode

    def _explain(self, value: object, declared: Any, error: Exception) -> DecodeError:  # noqa: ANN401 - a type
        """Name each wrong place and what should stand there, never the value."""
        import cattrs

        try:
            _ = self._explaining.structure(value, declared)
        except Exception as detailed:  # noqa: BLE001 - likewise
            error = detailed
        places = cattrs.transform_error(error, format_exception=lambda at, kind: expectation(at, kind or declared))
        expected, _, path = places[0].rpartition(" @ ")
        return DecodeError(f"the body is not what was declared: {'; '.join(places)}", path=path, expected=expected)

    def encode(self, value: object) -> bytes:
        """The JSON of a value."""
        import msgspec

        try:
            plain = self._converter.unstructure(value)
            content = msgspec.json.encode(plain)
        except (TypeError, ValueError, RecursionError) as error:
            kind = "is nested too deeply or in itself" if isinstance(error, RecursionError) else f"is no JSON: {error}"
            raise InputError("json", kind, "pass plain data, attrs classes or dataclasses") from None
        if b"null" in content and not is_finite(plain):
            raise InputError("json", "holds a number that is not finite", "JSON has none: pass None or text")
        return content


def is_finite(value: object) -> bool:
    """Whether all numbers in plain data can be written; msgspec would write null for the others."""
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            return all(is_finite(each) for each in cast("dict[object, object]", value).values())
        case list() | tuple() | set():
            return all(is_finite(each) for each in cast("list[object]", value))
        case _:
            return True


def bare(declared: Any) -> Any:  # noqa: ANN401 - a type, of any form
    """A type that cattrs can hash: without its metadata, if those cannot be hashed."""
    try:
        _ = hash(declared)
    except TypeError:
        return get_args(declared)[0]
    return declared


def load(content: bytes) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """JSON as plain data."""
    import msgspec

    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        raise DecodeError(str(error) if content else "the body is empty", expected="JSON") from None
    except RecursionError:
        raise DecodeError("the JSON is too deep", expected="JSON") from None


def expectation(error: BaseException, declared: type | None) -> str:
    """What should have stood where cattrs failed."""
    if isinstance(error, KeyError):
        return "a required field"
    name = getattr(declared, "__name__", None) or str(declared or "another value")
    return f"expected {name}"


def make_converter(*, detailed: bool) -> Converter:
    """The converter for users who bring none: it takes text for text and numbers for numbers, and nothing else."""
    from cattrs.preconf.msgspec import make_converter as make

    converter = make(detailed_validation=detailed)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, exactly(kind))
    return converter


def exactly(kind: type) -> Callable[[Any, Any], Any]:
    """Take a plain value of just this type; JSON has one kind of number, so a whole one may stand for a float."""

    def take(value: Any, _: Any) -> Any:  # noqa: ANN401 - of that type
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise TypeError(kind.__name__)

    return take
