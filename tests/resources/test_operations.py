"""Operations: one call or several steps, written once."""

from __future__ import annotations

import inspect
import pydoc
from typing import Annotated, Any

import httpx
import pytest
from attrs import define

from restkit import (
    BadRequest,
    Client,
    ConfigError,
    DecodeError,
    Flow,
    InputError,
    M,
    NotFound,
    Op,
    Plan,
    Proceed,
    Resource,
    Response,
    Sleep,
    listing,
    operation,
)
from restkit.op import Payload
from tests.client.worlds import World
from tests.loopback import Loopback


@define
class User:
    """A model."""

    id: int
    name: str = "Ada"


@define
class Trouble:
    """What the API answers to 409."""

    error: str


class Stamp:
    """A layer."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Set a header."""
        request.headers["X-Stamp"] = "1"
        return (yield from proceed(request))


class Users(Resource[User, M], path="users"):
    """Operations of all kinds."""

    @operation
    def suspend(self, id: int, *, reason: str = "none") -> Op[User]:
        """Suspend somebody, for a reason."""
        return self.call("POST", "{id}/suspend", id=id, json={"reason": reason})

    @operation
    def suspend_all(self, *ids: int) -> Flow[int]:
        """Suspend them all."""
        for each in ids:
            yield from Sleep(0)
            _ = yield from self.suspend.op(each, reason="audit")
        return len(ids)

    @operation
    def delegated(self) -> Flow[int]:
        """No generator itself: it answers one."""
        return self.suspend_all.op(1, 2).steps()

    @operation
    def find(self, id: int) -> Op[User | Trouble | None]:
        """Fetch somebody who may not be there."""
        return self.call("GET", "{id}", id=id, returns=User, answers={404: None, 409: Trouble})

    @operation
    def name(self, id: int) -> Op[str]:
        """Read with a function."""
        return self.call("GET", "{id}", id=id, returns=lambda response: response.json()["name"])

    @operation
    def whole(self, id: int) -> Op[Response[User]]:
        """The Response itself."""
        return self.call("GET", "{id}", id=id, returns=Response)

    @operation
    def tagged(self) -> Op[Annotated[int, []]]:
        """A type that cannot be hashed."""
        return self.call("GET", "count")

    @operation(layers=[Stamp()], deadline=7, timeout=3)
    def stamped(self, id: int) -> Op[dict[str, Any]]:
        """With layers and options of its own."""
        return self.call("GET", "{id}", id=id)

    @operation
    def search(self, words: list[str]) -> Op[list[User]]:
        """All kinds of arguments."""
        return self.call("GET", "/search", params={"q": words}, headers={"X-Call": "1"}, idempotent=True)

    @operation
    def upload(self, body: bytes) -> Op[None]:
        """Bytes."""
        return self.call("PUT", "upload", content=body)

    @operation
    def form(self) -> Op[None]:
        """A form with a file."""
        return self.call("POST", "form", data={"a": "b"}, files={"f": b"inside"})

    @operation
    def null(self) -> Op[None]:
        """JSON's null."""
        return self.call("POST", "null", json=None)

    @operation
    def nothing(self) -> Op[User]:
        """Forgets to return."""
        _ = self.call("GET")  # type: ignore[return]

    @operation
    def unannotated(self):  # type: ignore[no-untyped-def] # noqa: ANN201 - what it is about
        """Does not say what it answers."""
        return self.call("GET")

    @operation
    def misannotated(self) -> User:  # type: ignore[type-var,misc]
        """Says something else."""
        return self.call("GET")  # type: ignore[return-value]

    @operation
    def misspelt(self, id: int) -> Op[User]:
        """Its template does not fit."""
        return self.call("GET", "{user_id}", userid=id)

    @listing
    def active(self, *, team: str = "all") -> Op[list[User]]:
        """Those who are active."""
        return self.call("GET", "active", params={"team": team})


class Acme(Client[M], base_url="https://api.test"):
    """The client."""

    users: Users[M]


def seen(world: World, answer: Any = None, status: int = 200) -> tuple[Any, list[httpx.Request]]:
    """The users of a client, and the requests that they send."""
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(status, json={"id": 7} if answer is None else answer)

    return world.mocked(handle, Acme).users, sent


def test_an_operation_is_one_call(world: World) -> None:
    """Its values in the path and in the body, its answer of the declared type."""
    users, sent = seen(world)

    answer = world(users.suspend(7, reason="spam"))

    assert (User(7), "POST", "/users/7/suspend", b'{"reason":"spam"}') == (
        answer,
        sent[0].method,
        sent[0].url.path,
        sent[0].content,
    )


def test_several_steps_are_written_once(world: World) -> None:
    """A flow, in either world."""
    users, sent = seen(world)

    assert (2, ["/users/1/suspend", "/users/2/suspend"]) == (
        world(users.suspend_all(1, 2)),
        [each.url.path for each in sent],
    )


def test_a_method_that_answers_a_flow_is_one(world: World) -> None:
    """By its annotation, though it is no generator."""
    users, _ = seen(world)

    assert 2 == world(users.delegated())


def test_steps_are_values(world: World) -> None:
    """A `Plan`: executed as often as you like, composed, compared, shown."""
    users, sent = seen(world)
    plan = users.suspend_all.op(1)
    caller = world.mocked(lambda _: httpx.Response(200, json={"id": 1}), Acme)

    def both() -> Flow[list[int]]:
        return [(yield from plan), (yield from plan)]

    answers = [world(caller.execute(plan)), world(caller.execute(both()))]

    assert (Plan, "<Plan Users.suspend_all>", [1, [1, 1]], []) == (type(plan), repr(plan), answers, sent)
    assert (plan, False) == (Plan(plan.name, plan.steps), plan == users.suspend_all.op(1))


def test_a_described_call_is_executed_later(world: World) -> None:
    """`.op(...)` sends nothing."""
    users, sent = seen(world)

    op = users.suspend.op(7)

    assert ("<Op POST users/{id}/suspend>", []) == (repr(op), sent)


def test_described_calls_are_equal_by_their_parts(world: World) -> None:
    """Not by who made them."""
    users, _ = seen(world)

    assert (users.get.op(7), False) == (users.get.op(7), users.get.op(7) == users.get.op(8))


def test_raw_answers_the_response(world: World) -> None:
    """Whatever its status."""
    users, _ = seen(world, {"error": "x"}, 404)

    answer = world(users.suspend.raw(7))

    assert (404, Response) == (answer.status_code, type(answer))
    with pytest.raises(NotFound):
        _ = answer.data


def test_stream_opens_the_response(world: World, server: Loopback) -> None:
    """The body comes as it is read."""

    class Files(Resource[Any, M], path="chunked"):
        """Served in chunks."""

    class Api(Client[M]):
        """The client."""

        files: Files[M]

    client = world.client(Api, base_url=server.url)

    with world.open(client.files.get.stream(1)) as response:
        lines = list(world.items(response.aiter_lines() if world.awaits else response.iter_lines()))

    assert ["one", "two", "three"] == lines


@pytest.mark.parametrize(
    ("status", "answer", "value"),
    [(200, {"id": 7}, User(7)), (404, {"id": 7}, None), (409, {"error": "taken"}, Trouble("taken"))],
)
def test_declared_statuses_are_answers(world: World, status: int, answer: object, value: object) -> None:
    """`answers={404: None, 409: Trouble}`."""
    users, _ = seen(world, answer, status)

    assert value == world(users.find(7))


def test_an_undeclared_status_is_an_error(world: World) -> None:
    """Beside the declared ones."""
    users, _ = seen(world, {"error": "x"}, 422)

    with pytest.raises(BadRequest):
        world(users.find(7))


def test_a_function_may_read_the_answer(world: World) -> None:
    """`returns=` a function of the httpx.Response."""
    users, _ = seen(world, {"name": "Ada"})

    assert "Ada" == world(users.name(7))


def test_an_operation_may_answer_its_response(world: World) -> None:
    """`Op[Response[User]]`."""
    users, _ = seen(world)

    assert {"id": 7} == world(users.whole(7)).data


def test_a_type_that_cannot_be_hashed_is_read(world: World) -> None:
    """It is worked out anew each time."""
    users, _ = seen(world, 42)

    assert 42 == world(users.tagged())


def test_an_operation_may_have_layers_and_options(world: World) -> None:
    """`@operation(layers=..., deadline=...)`: outside those of the client."""
    users, sent = seen(world)

    world(users.stamped(7))

    assert ("1", 7.0, httpx.Timeout(3)) == (
        sent[0].headers["x-stamp"],
        sent[0].extensions["restkit"].options["deadline"],
        sent[0].extensions["restkit"].options["timeout"],
    )


def test_a_wrong_option_of_an_operation_is_refused_where_it_is_written() -> None:
    """Our setup is wrong, no caller's value."""
    with pytest.raises(ConfigError) as caught:

        @operation(deadline=0)
        def wrong(self: Any) -> Op[None]:
            """Never made."""
            return self.call("GET")

    assert "@operation(deadline)" == caught.value.field


def test_steps_have_no_options_of_their_own() -> None:
    """They are several calls, each with its own."""
    with pytest.raises(ConfigError, match="several calls"):

        @operation(deadline=5)
        def wrong(self: Any) -> Flow[None]:
            """Never made."""
            yield from self.get.op(7)


def test_layers_of_an_operation_must_be_callable() -> None:
    """They are looked at where they are written."""
    with pytest.raises(ConfigError) as caught:
        operation(layers=[7])  # type: ignore[list-item]

    assert "@operation(layers)" == caught.value.field


def test_an_op_is_completed_once() -> None:
    """What it says itself stays."""
    assert (int, str) == (
        Op[Any]("GET", "x").completed(int).returns,
        Op("GET", "x", returns=str).completed(int).returns,
    )


def test_a_payload_is_shown_without_its_contents() -> None:
    """It may hold secrets."""
    assert ["<Payload of nothing>", "<Payload of data and files>", "<Payload of json>"] == [
        repr(Payload()),
        repr(Payload(data={"a": "b"}, files={"f": b""})),
        repr(Payload(json=None)),
    ]


def test_a_call_takes_parameters_and_headers(world: World) -> None:
    """And a path from the root of the resource, with a slash or without."""
    users, sent = seen(world, [])

    world(users.search(["a", "b"]))

    assert ("https://api.test/users/search?q=a&q=b", "1", True) == (
        str(sent[0].url),
        sent[0].headers["x-call"],
        sent[0].extensions["restkit"].idempotent,
    )


def test_a_call_takes_any_body(world: World) -> None:
    """Bytes, a form with files, or JSON's null; its answer may be nothing."""
    users, sent = seen(world)

    answers = [world(call) for call in (users.upload(b"raw"), users.form(), users.null())]

    assert ([None] * 3, [True, True, True]) == (
        answers,
        [part in each.content for part, each in zip([b"raw", b"inside", b"null"], sent, strict=True)],
    )


WRONG: list[Any] = [
    pytest.param(lambda users: users.nothing, "Users.nothing", "gave a NoneType", id="nothing"),
    pytest.param(lambda users: users.unannotated, "Users.unannotated", "does not say what it answers", id="bare"),
    pytest.param(lambda users: users.misannotated, "Users.misannotated", "does not say what it answers", id="other"),
]


@pytest.mark.parametrize(("pick", "field", "reason"), WRONG)
def test_an_operation_that_is_written_wrongly_says_so(world: World, pick: Any, field: str, reason: str) -> None:
    """With its name, when it is used."""
    users, _ = seen(world)

    with pytest.raises(ConfigError) as caught:
        world(pick(users)())

    assert (field, True) == (caught.value.field, reason in caught.value.reason)


def test_a_template_that_does_not_fit_says_what_was_meant(world: World) -> None:
    """With a suggestion."""
    users, _ = seen(world)

    with pytest.raises(ConfigError, match="did you mean 'user_id' instead of 'userid'"):
        world(users.misspelt(7))


def test_a_wrong_argument_is_pythons_own_error(world: World) -> None:
    """The author's signature holds."""
    users, _ = seen(world)

    with pytest.raises(TypeError, match="reasn"):
        users.suspend(7, reasn="x")


def test_a_body_that_is_something_else_is_a_decode_error(world: World) -> None:
    """With the route of the call."""
    users, _ = seen(world, {"id": "x"})

    with pytest.raises(DecodeError) as caught:
        world(users.suspend(7))

    assert ("$.id", "users/{id}/suspend", 200) == (caught.value.path, caught.value.route, caught.value.status)


def test_a_listing_declares_its_first_page(world: World) -> None:
    """`@listing`."""
    users, sent = seen(world, [{"id": 1}, {"id": 2}])

    assert ([User(1), User(2)], "team=red") == (list(world.items(users.active(team="red"))), sent[0].url.query.decode())


def test_the_authors_docstring_and_signature_survive() -> None:
    """On the class, on the bound call, and in `help()`."""
    with Acme(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        bound = client.users.suspend

        assert ("Suspend somebody, for a reason.", "Suspend somebody, for a reason.", "suspend") == (
            Users.suspend.__doc__,
            bound.__doc__,
            bound.__name__,
        )
        assert (["self", "id", "reason"], ["id", "reason"]) == (
            list(inspect.signature(Users.suspend).parameters),
            list(inspect.signature(bound).parameters),
        )
        assert "<Users.suspend(id: 'int', *, reason: 'str' = 'none') -> 'Op[User]'>" == repr(bound)


def test_help_shows_the_authors_methods() -> None:
    """With their signatures and docstrings."""
    page = pydoc.plain(pydoc.render_doc(Users))

    assert (True, True, True, True) == (
        "suspend(self, id: 'int', *, reason: 'str' = 'none')" in page,
        "Suspend somebody, for a reason." in page,
        "Suspend them all." in page,
        "Those who are active." in page,
    )


def test_a_bound_call_has_its_own_options(world: World) -> None:
    """And stays the same operation."""
    users, sent = seen(world)

    world(users.suspend.with_options(headers={"X-View": "1"})(7))
    world(users.suspend_all.with_options(headers={"X-View": "2"})(7))

    assert ["1", "2"] == [each.headers["x-view"] for each in sent]


def test_a_wrong_value_is_refused_when_the_call_is_described(world: World) -> None:
    """Nothing is sent."""
    users, sent = seen(world)

    with pytest.raises(InputError):
        world(users.get(".."))

    assert [] == sent
