"""Content that a function makes anew for each attempt."""

from __future__ import annotations

import inspect
import io
from collections.abc import Awaitable, Callable
from typing import cast

from restkit.bodies.asking import told
from restkit.bodies.iterated import only_awaiting
from restkit.flow import Ask, Emit, Emitting
from restkit.flow.effects import forget
from restkit.flow.outgoing import Source, Tell


class Made:
    """A function without arguments, plain or asynchronous, that gives content. A file that it opens is closed."""

    length: int | None = None
    is_replayable: bool = True

    def __init__(
        self, field: str, function: Callable[[], object], read: Callable[[str, object], bytes | Source]
    ) -> None:
        self._field, self._function, self._read = field, function, read
        self.is_asynchronous: bool = inspect.isasyncgenfunction(function) or inspect.iscoroutinefunction(function)

    def chunks(self, tell: Tell, /) -> Emitting[bytes]:
        """Call the function, and give what it gives."""
        made = yield from told(Ask(self._function, self._awaited), tell)
        if inspect.isawaitable(made):
            forget(made)
            raise only_awaiting(self._field)
        try:
            content = self._read(self._field, made)
            if isinstance(content, bytes):
                yield from Emit(content)
            else:
                yield from content.chunks(tell)
        finally:
            if hasattr(made, "read"):
                cast("io.BufferedReader", made).close()

    async def _awaited(self) -> object:
        made = self._function()
        return await cast("Awaitable[object]", made) if inspect.isawaitable(made) else made
