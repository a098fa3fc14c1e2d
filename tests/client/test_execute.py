"""Described calls, performed by a client."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from attrs import define, evolve

from restkit import ConfigError, Flow, InputError, NotFound, Op, Response, Sleep, UnexpectedContentType
from restkit.flow import Effect
from tests.client.worlds import World
from tests.loopback import Loopback


@define
class User:
    """A model."""

    id: int
    name: str


def ada(request: httpx.Request) -> httpx.Response:
    """Answer a user."""
    return httpx.Response(200, json={"id": 7, "name": "Ada"}, request=request)


def missing(_: httpx.Request) -> httpx.Response:
    """Answer that there is nothing."""
    return httpx.Response(404, json={"error": "gone"})


USER: Op[User] = Op("GET", "users/7", "users/{id}", returns=User)


def test_execute_answers_the_declared_type(world: World) -> None:
    """The type of an `Op` is what its answer becomes."""
    client = world.mocked(ada)

    assert User(7, "Ada") == world(client.execute(USER))


def test_an_op_can_be_executed_twice(world: World) -> None:
    """It is a value: performing it leaves it as it was."""
    client = world.mocked(ada)

    assert [User(7, "Ada")] * 2 == [world(client.execute(USER)) for _ in range(2)]


def test_execute_runs_a_flow(world: World) -> None:
    """Several steps, in either world."""

    def steps() -> Flow[list[str]]:
        first = yield from USER
        yield from Sleep(0)
        second = yield from evolve(USER, returns=bytes)
        return [first.name, str(len(second))]

    client = world.mocked(ada)

    assert ["Ada", "21"] == world(client.execute(steps()))


def test_execute_performs_a_bare_effect(world: World) -> None:
    """Any effect can be performed alone."""
    client = world.mocked(ada)

    assert None is world(client.execute(Sleep(0)))


def test_execute_takes_options(world: World) -> None:
    """What one execution asks for goes before the call's own."""
    seen: list[float | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].options["attempt_timeout"])
        return ada(request)

    client = world.mocked(answer)

    world(client.execute(USER, attempt_timeout=7))
    world(client.execute(USER.with_options(attempt_timeout=3), attempt_timeout=7))

    assert [7, 7] == seen


def test_execute_refuses_wrong_options(world: World) -> None:
    """By name."""
    client = world.mocked(ada)

    with pytest.raises(InputError) as caught:
        world(client.execute(USER, timeout=0))

    assert "timeout" == caught.value.field


def test_execute_raises_for_an_undeclared_status(world: World) -> None:
    """The error carries what the server said."""
    client = world.mocked(missing)

    with pytest.raises(NotFound) as caught:
        world(client.execute(USER))

    assert ("users/{id}", {"error": "gone"}, '{"error":"gone"}') == (
        caught.value.route,
        caught.value.data,
        caught.value.excerpt,
    )


def test_raw_answers_any_status(world: World) -> None:
    """`raw` never raises for a status; reading its data does."""
    client = world.mocked(missing)

    answer = world(client.raw(USER))

    assert (404, True) == (answer.status_code, answer.is_client_error)
    with pytest.raises(NotFound):
        _ = answer.data


def test_raw_decodes_when_data_is_read(world: World) -> None:
    """A body that is something else fails then, and only then; it is decoded once."""
    client = world.mocked(ada)

    answer = world(client.raw(USER))

    assert (User, True) == (type(answer.data), answer.data is answer.data)


def test_respond_answers_a_response(world: World) -> None:
    """`respond` is `raw` that raises for an error."""
    assert (Response, 200) == (type(answer := world(world.mocked(ada).respond(USER))), answer.status_code)
    with pytest.raises(NotFound):
        world(world.mocked(missing).respond(USER))


def test_respond_does_not_raise_where_the_call_says_so(world: World) -> None:
    """`raises=False` on the call."""
    answer = world(world.mocked(missing).respond(evolve(USER, raises=False)))

    assert 404 == answer.status_code


@pytest.mark.parametrize(
    ("returns", "value"),
    [
        pytest.param(bytes, b'{"id":7,"name":"Ada"}', id="bytes"),
        pytest.param(dict[str, Any], {"id": 7, "name": "Ada"}, id="dict"),
        pytest.param(Any, {"id": 7, "name": "Ada"}, id="any"),
        pytest.param(None, None, id="none"),
        pytest.param(type(None), None, id="none-type"),
        pytest.param(User | None, User(7, "Ada"), id="optional"),
        pytest.param(lambda response: response.json()["name"], "Ada", id="function"),
    ],
)
def test_an_answer_becomes_what_is_declared(world: World, returns: Any, value: object) -> None:
    """A type of any form, or a function of the httpx.Response."""
    client = world.mocked(ada)

    assert value == world(client.execute(evolve(USER, returns=returns)))


def test_the_error_of_a_function_passes(world: World) -> None:
    """What `returns=` raises is its author's."""
    with pytest.raises(TypeError, match="has no len"):
        world(world.mocked(ada).execute(evolve(USER, returns=len)))


def test_an_answer_can_be_the_httpx_response(world: World) -> None:
    """Whoever wants httpx has it."""
    answer = world(world.mocked(ada).execute(evolve(USER, returns=httpx.Response)))

    assert (httpx.Response, 200) == (type(answer), answer.status_code)


def test_an_answer_can_be_the_response(world: World) -> None:
    """`Op[Response]` raises for errors, as the plain verbs do."""
    answer = world(world.mocked(ada).execute(evolve(USER, returns=Response)))

    assert (Response, {"id": 7, "name": "Ada"}) == (type(answer), answer.data)


def test_an_empty_answer_is_none_where_that_is_declared(world: World) -> None:
    """`Op[User | None]` and a 204."""
    client = world.mocked(lambda _: httpx.Response(204))

    assert None is world(client.execute(evolve(USER, returns=User | None)))


def test_a_login_page_is_named_as_what_it_is(world: World) -> None:
    """Another media type than JSON is its own error, with the beginning of the body."""
    client = world.mocked(lambda _: httpx.Response(200, html="<h1>Log in</h1>"))

    with pytest.raises(UnexpectedContentType) as caught:
        world(client.execute(USER))

    assert (200, "<h1>Log in</h1>", "users/{id}") == (caught.value.status, caught.value.excerpt, caught.value.route)


ANSWERS = {404: None, 409: User}


@pytest.mark.parametrize(
    ("status", "value"),
    [pytest.param(404, None, id="none"), pytest.param(409, User(7, "Ada"), id="model")],
)
def test_a_declared_status_is_an_answer(world: World, status: int, value: object) -> None:
    """`answers={404: None, 409: User}`."""
    client = world.mocked(lambda _: httpx.Response(status, json={"id": 7, "name": "Ada"}))

    assert value == world(client.execute(evolve(USER, answers=ANSWERS)))


def test_a_declared_status_is_not_raised_by_respond(world: World) -> None:
    """Nor by `raise_for_status`."""
    op = evolve(USER, answers=ANSWERS)

    answer = world(world.mocked(missing).respond(op))

    assert (answer, None) == (answer.raise_for_status(), answer.data)


def test_a_class_may_raise_errors_of_its_own(world: World) -> None:
    """`handle_error` decides what is raised: for statuses, transports and bodies alike."""
    from restkit import Client, M, RestkitError

    class AcmeError(Exception):
        """An SDK's own."""

    class Acme(Client[M]):
        """The client."""

        def handle_error(self, error: RestkitError) -> Exception:
            """Raise another error."""
            return AcmeError(type(error).__name__)

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("broken", request=request)

    said = []
    for handler in (missing, broken, lambda _: httpx.Response(200, content=b"?")):
        with pytest.raises(AcmeError) as caught:
            world(world.mocked(handler, Acme).execute(USER))
        said.append(str(caught.value))

    assert ["NotFound", "ReadError", "DecodeError"] == said


def test_an_override_may_leave_errors_as_they_are(world: World) -> None:
    """By asking what it overrides."""
    from restkit import Client, M, RestkitError

    class Acme(Client[M]):
        """The client."""

        def handle_error(self, error: RestkitError) -> Exception:
            """Raise another error."""
            return super().handle_error(error)

    with pytest.raises(NotFound):
        world(world.mocked(missing, Acme).execute(USER))


def test_an_error_of_the_users_own_passes(world: World) -> None:
    """What is no failure of the call is not turned into one."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world(world.mocked(answer).get("/x"))


def test_a_flow_that_emits_can_be_iterated(world: World) -> None:
    """`iterate` gives items as they are asked for."""
    from restkit import Emit, Emitting

    def names() -> Emitting[str]:
        for _ in range(2):
            user = yield from USER
            yield from Emit(user.name)

    assert ["Ada", "Ada"] == list(world.items(world.mocked(ada).iterate(names())))


def test_an_iteration_that_is_left_early_is_closed(world: World) -> None:
    """The flow's `finally` runs when the loop is left."""
    from restkit import Emit, Emitting

    over: list[str] = []

    def names() -> Emitting[int]:
        try:
            yield from Emit(1)
            yield from Emit(2)
        finally:
            over.append("closed")

    items = world.items(world.mocked(ada).iterate(names()))
    first = next(items)
    items.close()  # type: ignore[attr-defined] # a generator

    assert (1, ["closed"]) == (first, over)


def test_an_emitting_flow_cannot_be_executed(world: World) -> None:
    """Nobody would get the items."""
    from restkit import Emit, Emitting

    def names() -> Emitting[int]:
        yield from Emit(1)

    with pytest.raises(ConfigError, match="nobody iterates"):
        world(world.mocked(ada).execute(names()))


def test_an_op_without_a_client_says_what_it_lacks() -> None:
    """An engine alone cannot perform a described call."""
    from restkit import World as FlowWorld
    from restkit.flow import run

    with pytest.raises(ConfigError, match=r"client\.execute"):
        run(iter(USER), FlowWorld())


def test_an_op_that_lies_among_effects_is_performed_by_its_client(world: World) -> None:
    """A flow of one `Op` is expanded where it stands: `Race` and `Spawn` run flows of their own."""
    from restkit import Race

    client = world.mocked(ada)

    assert User(7, "Ada") == world(client.execute(Race(iter(USER))))


def test_ops_are_values() -> None:
    """Compared, hashed and copied by their parts; shown without their values."""
    same = Op("GET", "users/7", "users/{id}", returns=User)

    assert (same, "<Op GET users/{id}>", "<Op GET users/7>") == (USER, repr(USER), repr(Op("GET", "users/7")))


def test_ops_that_differ_are_not_equal() -> None:
    """Not even an effect of another kind is."""
    assert [False, False] == [USER == evolve(USER, method="PUT"), Op("GET", "x") == Sleep(0)]


def test_the_options_of_an_op_are_validated() -> None:
    """Where they are given, not where they are used."""
    with pytest.raises(InputError, match="attempt_timeout"):
        USER.with_options(attempt_timeout=-1)


def test_an_unknown_effect_is_the_users_to_perform(world: World) -> None:
    """The set is closed for layers; a user's own effect still works through its own two methods."""

    class Answer(Effect[int]):
        """An effect of a user's own."""

        def block(self, _: Any) -> int:
            """Blocking."""
            return 42

        async def wait(self, _: Any) -> int:
            """Awaiting."""
            return 42

    assert 42 == world(world.mocked(ada).execute(Answer()))


def test_a_call_can_be_executed_while_another_streams(world: World, server: Loopback) -> None:
    """Each has a connection of its own."""
    client = world.client(base_url=server.url)

    with world.open(client.stream(Op("GET", "drip"))) as response:
        echoed = world(client.get("/echo"))
        server.release()
        rest = b"".join(world.items(response.aiter_bytes() if world.awaits else response.iter_bytes()))

    assert (200, b"one\ntwo\n", 2) == (echoed.status_code, rest, server.connections)
