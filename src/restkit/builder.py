"""The request builder: a one-off call, written piece by piece."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any, Generic, cast, overload

import attrs
from attrs import frozen
from typing_extensions import TypeVar, Unpack

from restkit.context import CallOptions
from restkit.errors import InputError
from restkit.method import method_name
from restkit.mode import Async, M, Sync
from restkit.op import Caller, Op, Payload
from restkit.response import Response

R = TypeVar("R", default=Any)
T = TypeVar("T")


@frozen
class RequestBuilder(Generic[M, R]):
    """A call that is being written: `client.build().post("/users").headers({...}).body({...}).execute()`.

    Each method gives a new builder; nothing is sent before `execute`.
    """

    _caller: Caller
    _op: Op[R]

    def request(self, method: str, path: str) -> RequestBuilder[M, R]:
        """Any method."""
        return self._with(method=method_name(method), path=path, route=path.partition("?")[0])

    def get(self, path: str) -> RequestBuilder[M, R]:
        """GET."""
        return self.request("GET", path)

    def post(self, path: str) -> RequestBuilder[M, R]:
        """POST."""
        return self.request("POST", path)

    def put(self, path: str) -> RequestBuilder[M, R]:
        """PUT."""
        return self.request("PUT", path)

    def patch(self, path: str) -> RequestBuilder[M, R]:
        """PATCH."""
        return self.request("PATCH", path)

    def delete(self, path: str) -> RequestBuilder[M, R]:
        """DELETE."""
        return self.request("DELETE", path)

    def headers(self, headers: Mapping[str, str]) -> RequestBuilder[M, R]:
        """Further headers."""
        return self._with(headers={**(self._op.headers or {}), **headers})

    def params(self, params: Mapping[str, object]) -> RequestBuilder[M, R]:
        """Further query parameters."""
        return self._with(params={**dict(self._op.params or {}), **params})

    def body(self, value: object) -> RequestBuilder[M, R]:
        """A value, sent as the client's codec writes it: JSON by default."""
        return self._with(payload=Payload(json=value))

    def content(self, content: Any) -> RequestBuilder[M, R]:  # noqa: ANN401 - bytes, text or an iterator, as httpx takes them
        """Bytes or text, sent as they are."""
        return self._with(payload=Payload(content=content))

    def form(self, data: Mapping[str, Any], files: Any = None) -> RequestBuilder[M, R]:  # noqa: ANN401 - as httpx takes them
        """A form, with files if you like."""
        return self._with(payload=Payload(data=data, files=files))

    def options(self, **options: Unpack[CallOptions]) -> RequestBuilder[M, R]:
        """Other timeouts for this call."""
        return RequestBuilder(self._caller, self._op.with_options(**options))

    def returns(self, declared: type[T]) -> RequestBuilder[M, T]:
        """What the answer's `data` is."""
        return RequestBuilder(self._caller, cast("Op[T]", attrs.evolve(self._op, returns=declared)))  # as declared

    def raises(self, raises: bool) -> RequestBuilder[M, R]:  # noqa: FBT001 - a switch, in a sentence of its own
        """Whether an error status is raised, which it is unless told otherwise."""
        return self._with(raises=raises)

    def op(self) -> Op[R]:
        """The call as a value."""
        return self._op

    @overload
    def execute(self: RequestBuilder[Sync, R]) -> Response[R]: ...
    @overload
    def execute(self: RequestBuilder[Async, R]) -> Coroutine[Any, Any, Response[R]]: ...
    def execute(self) -> Any:
        """Send it, and answer its Response. Raises StatusError for an error status, unless told otherwise."""
        if not self._op.path:
            raise InputError("path", "is missing", 'name a method and a path, such as .get("/users")')
        return self._caller.respond(self._op)

    def _with(self, **changes: Any) -> RequestBuilder[M, R]:  # noqa: ANN401 - fields of Op
        return RequestBuilder(self._caller, attrs.evolve(self._op, **changes))
