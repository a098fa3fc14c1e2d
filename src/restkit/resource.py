"""Resource: a path, a model, and all six verbs."""

from __future__ import annotations

from typing import Generic

from typing_extensions import TypeVar

from restkit.mode import M
from restkit.verbs import Creates, Deletes, Gets, Lists, Replaces, Updates

T = TypeVar("T")


class Resource(Gets[T, M], Lists[T, M], Creates[T, M], Updates[T, M], Replaces[T, M], Deletes[T, M], Generic[T, M]):
    """A path and a model, with get, list, create, update, replace and delete for free.

    Write `class Users(Resource[User, M], path="users"): ...` and annotate a client with `users: Users[M]`. For fewer
    verbs derive from those: `class Logs(Gets[Log, M], Lists[Log, M], path="logs"): ...`.
    """
