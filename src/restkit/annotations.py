"""What an author's annotations mean at run time.

Resource classes name their sub-resources and answers in annotations: often as strings, often inside functions, often
before the named class exists. So nothing is resolved when a class is made; it is resolved when first needed, with the
class's module, the frame that defined it, and the class itself.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Mapping
from types import FrameType
from typing import Any, TypeVar, get_args, get_origin

from typing_extensions import get_original_bases

from restkit.errors import ConfigError

_REMEDY = (
    "import it at run time, outside `if TYPE_CHECKING:` (ruff: list restkit.Resource, restkit.Resources and "
    "restkit.Client in lint.flake8-type-checking.runtime-evaluated-base-classes)"
)


def defining_frame() -> FrameType | None:
    """The frame of the class statement, if it stands in a function or a class: to be called by `__init_subclass__`."""
    frame = inspect.currentframe()
    frame = frame.f_back if frame else None
    while frame is not None and frame.f_code.co_name == "__init_subclass__":
        frame = frame.f_back
    if frame is None or frame.f_locals is frame.f_globals or frame.f_code.co_name == "new_class":
        return None  # what a module's globals, or the class it is derived from, do not know already
    return frame


def resolve(annotation: object, owner: type, name: str, names: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a type, of any form
    """The type that `owner`'s annotation of `name` means; `names` are a function's globals where it has its own.

    Raises ConfigError naming what cannot be found, and the usual reason.
    """
    carrier = types.SimpleNamespace(__annotations__={name: annotation})
    known = {**vars(sys.modules[owner.__module__]), **(names or {})}
    try:
        return typing.get_type_hints(carrier, known, _locals(owner), include_extras=True)[name]
    except NameError as error:
        raise ConfigError(
            f"{owner.__qualname__}.{name}",
            f"is annotated {annotation!r}, in which {error.name!r} cannot be found at run time",
            _REMEDY,
        ) from None
    except (TypeError, SyntaxError, AttributeError) as error:
        raise ConfigError(
            f"{owner.__qualname__}.{name}", f"is annotated {annotation!r}, which is no type: {error}", "correct it"
        ) from None


def _locals(owner: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in reversed(owner.__mro__):
        frame: FrameType | None = kind.__dict__.get("_frame")
        found |= {parameter.__name__: parameter for parameter in getattr(kind, "__type_params__", ())}
        found |= {} if frame is None else frame.f_locals
        found[kind.__name__] = kind
    return found


def annotation_of(owner: type, name: str) -> tuple[object, type] | None:
    """The nearest annotation of `name` among a class and its bases, unresolved, and the class that has it."""
    for kind in owner.__mro__:
        found: Mapping[str, Any] = inspect.get_annotations(kind)
        if name in found:
            return found[name], kind
    return None


def bindings(owner: type) -> dict[Any, Any]:
    """What the type variables of a class's bases stand for in it: `{T: User}` for `class Users(Resource[User, M])`."""
    found: dict[Any, Any] = {}
    for base in get_original_bases(owner):
        origin = get_origin(base) or base
        if not isinstance(origin, type) or origin in {object, typing.Generic}:
            continue
        given = dict(zip(getattr(origin, "__parameters__", ()), get_args(base), strict=False))
        found |= {variable: substitute(value, given) for variable, value in bindings(origin).items()}
        found |= given
    return found


def substitute(annotation: Any, given: Mapping[Any, Any]) -> Any:  # noqa: ANN401 - a type, of any form
    """A type with its variables replaced; one that stands for nothing becomes `Any`."""
    if isinstance(annotation, TypeVar):
        return given.get(annotation, annotation)
    parameters = getattr(annotation, "__parameters__", ())
    if parameters and get_origin(annotation) is not None:
        return annotation[tuple(given.get(parameter, parameter) for parameter in parameters)]
    return annotation


def closed(annotation: Any) -> Any:  # noqa: ANN401 - a type, of any form
    """A type without free variables: those that are left mean `Any`."""
    return substitute(annotation, dict.fromkeys(free(annotation), Any))


def free(annotation: object) -> tuple[Any, ...]:
    """The variables that a type still has."""
    return (annotation,) if isinstance(annotation, TypeVar) else getattr(annotation, "__parameters__", ())
