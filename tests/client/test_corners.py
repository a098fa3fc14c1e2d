"""Corners in which a client might do the wrong thing."""

from __future__ import annotations

import gc
import pickle
import threading
import weakref
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import define

from restkit import (
    JSON,
    Ask,
    Client,
    ClientClosed,
    ConfigError,
    Context,
    DeadlineExceeded,
    Flow,
    InputError,
    M,
    Op,
    Proceed,
    RedirectRefused,
    Resource,
    RestkitError,
    ServerError,
    Sleep,
    Sync,
    TransportError,
    listing,
    operation,
)
from restkit.unset import UNSET
from tests.client.worlds import World


@define
class Loan:
    """A model with a field of a name that restkit uses itself."""

    id: int
    reader: str


class Loans(Resource[Loan, M], path="loans"):
    """Loans."""

    @operation(deadline=5, timeout=3)
    def slow(self) -> Op[Loan]:
        """One with options of its own."""
        return self.call("GET", "1")

    @listing(deadline=7)
    def late(self) -> Op[list[Loan]]:
        """A listing with options of its own."""
        return self.call("GET")

    @listing
    def wrong(self) -> Op[Loan]:  # type: ignore[type-var] # it is wrong
        """A listing of no list."""
        return self.call("GET", "1")


class Library(Client[M], base_url="https://api.test/v1"):
    """The client."""

    loans: Loans[M]


def ada(request: httpx.Request) -> httpx.Response:
    """Answer a loan, or a list of one."""
    loan = {"id": 1, "reader": "Ada"}
    return httpx.Response(200, json=[loan] if request.url.path.endswith("loans") else loan, request=request)


class Answering:
    """A layer that answers by itself."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Never proceed."""
        Context.of(request).from_cache = True
        return self._response
        yield from proceed(request)


def test_a_model_may_have_a_field_named_reader(world: World) -> None:
    """What reads an answer is looked up in no model."""
    client = world.mocked(ada, Library)

    assert Loan(1, "Ada") == world(client.loans.get(1))


def test_an_error_is_not_its_own_cause(world: World) -> None:
    """The chain leads down, and ends."""

    def refused(_: httpx.Request) -> httpx.Response:
        raise DeadlineExceeded("late") from ValueError("why")

    with pytest.raises(DeadlineExceeded) as caught:
        world(world.mocked(refused).get("/x"))

    assert ValueError is type(caught.value.__cause__)


def test_a_chain_that_bites_its_tail_is_read_once(world: World) -> None:
    """A transport that wraps a client of its own may raise one."""

    def refused(_: httpx.Request) -> httpx.Response:
        error = httpx.ConnectError("refused")
        error.__cause__ = error
        raise error

    with pytest.raises(TransportError, match="refused"):
        world(world.mocked(refused).get("/x"))


def test_nothing_is_remembered_of_each_listing(world: World) -> None:
    """Calls that declare the same share what was found out about it."""
    client = world.mocked(ada, Library)
    for _ in range(3):
        _ = world(client.loans.list().collect())
        _ = world(client.execute(Op("GET", "loans/1", returns=lambda response: response.status_code)))

    assert 1 == len(client._readers._known)  # noqa: SLF001 - there is no other way to see it


def test_a_plain_client_of_a_closed_one_is_refused(world: World) -> None:
    """In both worlds, and with an error."""
    client = world.mocked(ada, Library)
    plain = client.as_httpx()
    world.close(client)

    with world.open(plain), pytest.raises(ClientClosed):
        world(plain.get("/loans/1"))


def test_a_plain_client_sends_the_same_parameters(world: World) -> None:
    """Lists repeat, None is left out; a view's are sent too."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    client = world.mocked(answer, params={"t": ["a", "b"], "on": True, "no": None})
    view = client.with_options(params={"v": 1}, timeout=3)
    with world.open(view.as_httpx()) as plain:
        _ = world(plain.get("/x"))

    assert ("t=a&t=b&on=true&v=1", 3) == (seen[0].url.query.decode(), seen[0].extensions["timeout"]["read"])


@pytest.mark.parametrize("way", ["execute", "call", "stream"])
def test_what_is_asked_for_last_goes_first(world: World, way: str) -> None:
    """A call's options before its operation's, those before a view's."""
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].options)
        return ada(request)

    client = world.mocked(answer, Library).with_options(deadline=9, attempt_timeout=8)
    match way:
        case "execute":
            world(client.execute(client.loans.slow.op(), deadline=60))
        case "call":
            world(client.loans.slow.with_options(deadline=60)())
        case _:
            with world.open(client.stream(client.loans.slow.op(), deadline=60)):
                pass

    assert (60, 8) == (seen[0]["deadline"], seen[0]["attempt_timeout"])


def test_a_listing_has_options_of_its_own(world: World) -> None:
    """As an operation has."""
    client = world.mocked(ada, Library)

    assert {"deadline": 7} == client.loans.late.op().options


def test_a_layer_that_answers_is_a_server_like_any_other(world: World) -> None:
    """Its status is raised, with the facts of the call."""
    client = world.mocked(ada, Library, layers=[Answering(httpx.Response(503, json={}))])

    with pytest.raises(ServerError) as caught:
        world(client.loans.get(1))

    assert ("https://api.test/loans/1", 503) == (caught.value.url, caught.value.status)


def test_a_layer_that_answers_says_what_it_did(world: World) -> None:
    """`from_cache`, `elapsed` and the request are there."""
    made = httpx.Response(200, json={"id": 1, "reader": "Ada"})
    answer = world(world.mocked(ada, Library, layers=[Answering(made)]).loans.get.raw(1))

    assert (True, 0.0, "/loans/1") == (answer.from_cache, answer.elapsed.total_seconds(), answer.url.path)


def test_a_layer_may_answer_with_a_stream(world: World) -> None:
    """Its time is not known before its end."""
    made = httpx.Response(200, stream=httpx.ByteStream(b"x"))
    client = world.mocked(ada, Library, layers=[Answering(made)])
    with world.open(client.loans.get.stream(1)) as answer:
        chunks = list(world.items(answer.aiter_bytes() if world.awaits else answer.iter_bytes()))

    assert [b"x"] == chunks


def test_a_later_header_replaces_an_earlier_one(world: World) -> None:
    """Whatever its case: there is one Authorization."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    view = world.mocked(answer).with_options(headers={"Authorization": "one"})
    _ = world(view.with_options(headers={"authorization": "two"}).get("/x"))

    assert ["two"] == seen[0].headers.get_list("authorization")


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "connection"])
def test_framing_is_the_transports(world: World, name: str) -> None:
    """In the settings, in a view and in a call."""
    client = world.mocked(ada)

    with pytest.raises(ConfigError, match="transport"):
        _ = Client(headers={name: "x"})
    with pytest.raises(InputError, match="transport"):
        client.with_options(headers={name: "x"})
    with pytest.raises(InputError, match="transport"):
        world(client.get("/x", headers={name: "x"}))


def test_a_redirect_is_no_file(world: World) -> None:
    """A typed operation that streams refuses it as one that does not."""
    client = world.mocked(lambda _: httpx.Response(302, headers={"location": "/else?magic=hush"}), redact=["magic"])

    with pytest.raises(RedirectRefused) as caught, world.open(client.stream(Op("GET", "x", returns=bytes))):
        pass

    assert "/else?magic=[redacted]" == caught.value.location


def test_an_open_response_has_no_data_yet(world: World) -> None:
    """Reading what is not there is an error of the tree."""
    client = world.mocked(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"{}")))

    with world.open(client.stream(Op("GET", "x"))) as answer, pytest.raises(InputError, match="cannot be read"):
        _ = answer.data


def test_another_services_error_stays_its_own(world: World) -> None:
    """Within the `with`, only errors of this response become ours."""
    client = world.mocked(ada)

    with pytest.raises(httpx.ConnectError) as caught, world.open(client.stream(Op("GET", "x"))):
        raise httpx.ConnectError("elsewhere")

    assert not isinstance(caught.value, RestkitError)


def test_the_wrong_half_of_an_opening_sends_nothing() -> None:
    """`async with` on a blocking client, and `with` on an awaiting one."""
    blocking = Client(base_url="https://api.test", transport=httpx.MockTransport(ada)).stream(Op("GET", "x"))

    with pytest.raises(ConfigError, match="use `with`"):
        _ = blocking.__aenter__().send(None)  # type: ignore[attr-defined] # it is wrong


def test_an_awaiting_opening_is_no_plain_one() -> None:
    """`with` on an awaiting client's."""
    from restkit import Async

    opening: Any = Client[Async](base_url="https://api.test", transport=httpx.MockTransport(ada)).stream(Op("GET", "x"))

    with pytest.raises(ConfigError, match="use `async with`"):
        opening.__enter__()


def test_a_hook_changes_the_timeouts_of_its_own_call(world: World) -> None:
    """The next call has those of the client."""
    seen: list[float] = []

    def patient(request: httpx.Request) -> None:
        if request.url.path == "/slow":
            request.extensions["timeout"]["read"] = 50

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["read"])
        return httpx.Response(200)

    client = world.mocked(answer, before=[patient])
    for path in ("/a", "/slow", "/b"):
        _ = world(client.get(path))

    assert [30, 50, 30] == seen


@pytest.mark.parametrize(
    "name", ["accessKey", "privateKey", "passphrase", "subscriptionKey", "X-Api-Key", "clientSecret"]
)
def test_secrets_are_known_by_their_words(world: World, name: str) -> None:
    """Whatever the way of joining them."""
    answer = world(world.mocked(lambda _: httpx.Response(200)).get("/x", params={name: "hush", "monkey": "fine"}))

    assert f"<Response 200 https://api.test/x?{name}=[redacted]&monkey=fine>" == repr(answer)


def test_a_declared_secret_is_hidden_in_a_response(world: World) -> None:
    """`redact=` holds for `repr` as well."""
    answer = world(world.mocked(lambda _: httpx.Response(200), redact=["magic"]).get("/x", params={"magic": "hush"}))

    assert "<Response 200 https://api.test/x?magic=[redacted]>" == repr(answer)


def test_curl_sends_no_local_file(world: World) -> None:
    """A body that begins with @ is a body."""
    command = world.mocked(ada).as_curl(Client.request(world.mocked(ada), "POST", "/x", content="@/etc/passwd"))

    assert "--data-raw @/etc/passwd" in command


def test_a_body_is_given_once(world: World) -> None:
    """In a resource as in a plain verb."""
    client = world.mocked(ada, Library)

    with pytest.raises(InputError, match="json and content are given together"):
        client.loans.call("POST", json={}, content=b"x")


@pytest.mark.parametrize("value", [{"x": float("nan")}, [float("inf")], {"x": [{"y": -float("inf")}, None]}])
def test_json_has_no_such_number(world: World, value: object) -> None:
    """It is refused, not sent as null."""
    with pytest.raises(InputError, match="is not a finite number"):
        world(world.mocked(ada).post("/x", json=value))


def test_json_has_null() -> None:
    """Which is no reason to refuse anything."""
    assert b'{"x":null,"y":[1.5,"null"]}' == JSON().encode({"x": None, "y": [1.5, "null"]})


PING: Op[Any] = Op("GET", "ping")


class Pings(Resource[Any, M], path="pings"):
    """Two operations that give the same value."""

    @operation
    def loan(self) -> Op[Loan]:
        """As a loan."""
        return PING

    @operation
    def raw(self) -> Op[bytes]:
        """As bytes."""
        return PING


def test_a_shared_op_stays_as_it_was(world: World) -> None:
    """Each operation reads it as it declares."""
    pings: Any = world.mocked(ada, type("Both", (Client,), {"__annotations__": {"pings": Pings[M]}})).pings

    assert (Loan, bytes, UNSET) == (pings.loan.op().returns, pings.raw.op().returns, PING.returns)


class Slashed(Resource[Loan, M], path="/loans/"):
    """An API whose paths end with a slash."""

    @operation
    def renew(self, id: int) -> Op[Loan]:
        """A path below an item."""
        return self.call("POST", "{id}/renew", id=id)


def test_a_closing_slash_is_kept(world: World) -> None:
    """Below it every path has one."""
    slashed: Any = world.mocked(ada, type("Closing", (Client,), {"__annotations__": {"slashed": Slashed[M]}})).slashed

    assert ["loans/", "loans/7/", "loans/7/renew/"] == [
        slashed.list.op().path,
        slashed.get.op(7).path,
        slashed.renew.op(7).path,
    ]


def test_links_are_absolute(world: World) -> None:
    """They are resolved against the answer's own URL (RFC 8288, section 3.2)."""
    client = world.mocked(lambda _: httpx.Response(200, headers={"link": "<../v1/loans?page=2>; rel=next"}), Library)

    assert {"next": "https://api.test/v1/loans?page=2"} == world(client.get("/loans")).links


@pytest.mark.parametrize("what", ["call", "none", "twice"])
def test_what_is_no_flow_is_refused(world: World, what: str) -> None:
    """A forgotten `.op`, nothing at all, or a flow that has run already."""
    client = world.mocked(ada, Library)
    flow = iter(client.loans.get.op(1))
    if what == "twice":
        world(client.execute(flow))

    with pytest.raises(InputError, match="flow"):
        world(client.execute({"call": client.loans.get, "none": None, "twice": flow}[what]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, what: client.stream(what),
        lambda client, what: client.stream(what, deadline=5),
        lambda client, what: client.raw(what),
        lambda client, what: client.respond(what),
        lambda client, what: client.as_curl(what),
    ],
    ids=["stream", "stream with options", "raw", "respond", "as_curl"],
)
@pytest.mark.parametrize("what", ["/users", None, Op], ids=["path", "None", "class"])
def test_what_describes_no_call_is_refused(world: World, ask: Callable[[Any, Any], object], what: object) -> None:
    """At once, with what to pass instead."""
    client = world.mocked(lambda _: httpx.Response(200))

    with pytest.raises(InputError, match=r"^op is of type \w+; pass an op, such as client\.users\.get\.op\(7\)$"):
        ask(client, what)


def test_an_attribute_that_is_not_there_is_named() -> None:
    """An annotation such as `models.Nope[M]`."""
    broken: Any = type("Broken", (Client,), {"__annotations__": {"nope": "httpx.Nope[M]"}, "__module__": __name__})

    with pytest.raises(ConfigError, match="nope"):
        _ = broken(transport=httpx.MockTransport(ada)).nope


@pytest.mark.parametrize("name", ["settings", "options", "execute"])
def test_a_resource_hides_nothing(name: str) -> None:
    """A name that every client uses is refused where it is written."""
    with pytest.raises(ConfigError, match=name):
        _ = type("Hiding", (Client,), {"__annotations__": {name: "Loans[M]"}})


def test_a_listing_lists(world: World) -> None:
    """Its annotation says of what."""
    with pytest.raises(ConfigError, match="no list"):
        world.mocked(ada, Library).loans.wrong.op()


def test_a_plain_verb_without_an_answer_has_no_data(world: World) -> None:
    """204 is None."""
    assert None is world(world.mocked(lambda _: httpx.Response(204)).delete("/x")).data


def test_a_body_is_of_the_clients_world(world: World) -> None:
    """What must be awaited is refused by a blocking client before anything is sent; an awaiting one reads both."""

    async def awaiting() -> Any:
        """A body as it comes, to be awaited."""
        yield b"x"

    if world.awaits:
        assert [200, 200] == [
            world(world.mocked(ada).post("/x", content=each)).status_code for each in (iter([b"x"]), awaiting())
        ]
    else:
        with pytest.raises(InputError, match="must be awaited"):
            world(world.mocked(ada).post("/x", content=awaiting()))


def test_a_view_handles_errors_as_itself(world: World) -> None:
    """`handle_error` is called on the view that was used."""
    handlers: list[Any] = []

    class Careful(Client[M]):
        """One that keeps who handled an error."""

        def handle_error(self, error: RestkitError) -> Exception:
            """Keep it, and raise the error."""
            handlers.append(self)
            return error

    view = world.mocked(lambda _: httpx.Response(404), Careful).with_options(timeout=3)
    with pytest.raises(RestkitError):
        world(view.get("/x"))

    assert [view] == handlers


def test_both_worlds_are_made_once() -> None:
    """Whichever thread asks first."""
    from restkit import Async

    class Fresh(Client[M]):
        """A new one."""

    found: list[type] = []
    threads = [threading.Thread(target=lambda: found.append(Fresh[Async])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (1, Fresh) == (len(set(found)), Fresh[Async][Sync])


def test_a_forgotten_stream_is_no_cycle() -> None:
    """It goes when nobody holds it any more, without the collector."""
    client = Client(
        base_url="https://api.test", transport=httpx.MockTransport(stream_of_one), observers=[lambda _: None]
    )
    gc.disable()
    try:
        with client.stream(Op("GET", "x")) as answer:
            known = weakref.ref(answer.http)
            del answer
        del client
    finally:
        gc.enable()

    assert None is known()


def stream_of_one(_: httpx.Request) -> httpx.Response:
    """A streamed answer."""
    return httpx.Response(200, stream=httpx.ByteStream(b"x"))


def test_an_attempt_that_fails_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A line for each attempt, whatever came of it."""
    caplog.set_level("INFO", logger="restkit")

    def refused(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TransportError):
        world(world.mocked(refused).get("/x?token=hush"))

    assert ["GET https://api.test/x?token=[redacted] ConnectError"] == caplog.messages


def test_an_error_pickles_with_its_attempts(world: World) -> None:
    """As it crosses processes."""
    with pytest.raises(ServerError) as caught:
        world(world.mocked(lambda _: httpx.Response(500)).get("/x"))

    assert caught.value.attempts == pickle.loads(pickle.dumps(caught.value)).attempts  # noqa: S301 - our own


@define(init=False)
class Own:
    """A model with an `__init__` of its own."""

    id: int

    def __init__(self, id: int) -> None:
        self.__attrs_init__(id * 2)


def test_a_models_own_init_is_called() -> None:
    """By whichever reader."""
    assert Own(4) == JSON().decoder(Own)(b'{"id":4}')


def test_a_whole_number_may_stand_for_a_float() -> None:
    """JSON has one kind of number; text is none, whichever reader it is."""
    decode = JSON().decoder(tuple[float, ...])

    assert (1.0, 2.5) == decode(b"[1,2.5]")


def test_equal_ops_have_equal_hashes() -> None:
    """A described call can be a key."""
    assert {Op("GET", "x", answers={404: None}): 1} == {Op("GET", "x", answers={404: None}): 1}


def test_steps_are_executed_with_options(world: World) -> None:
    """A plan's calls have what its execution asks for."""
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["restkit"].options)
        return ada(request)

    client = world.mocked(answer, Library)

    def steps() -> Flow[Loan]:
        return (yield from client.loans.get.op(1))

    world(client.execute(steps(), deadline=4))

    assert [{"deadline": 4}] == seen


def test_an_operation_is_no_coroutine() -> None:
    """`async def` is refused where it is written."""

    async def wrong(_: Any) -> Op[Loan]:
        """Describe nothing."""
        raise AssertionError

    with pytest.raises(ConfigError, match="asynchronous"):
        operation(wrong)  # type: ignore[call-overload] # it is wrong


class Forgetful:
    """A layer without `yield from`."""

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Any:
        """Give the flow instead of its answer."""
        yield from ()
        return proceed(request)


def test_a_layer_that_forgets_is_told_so(world: World) -> None:
    """What it gave, and what to write."""
    client = world.mocked(ada, layers=[Forgetful()])

    with pytest.raises(ConfigError, match="gave a generator; end a layer with"):
        world(client.get("/x"))


class Closing:
    """A layer that closes the client while its call is under way, and would go on."""

    client: Any

    def __call__(self, request: httpx.Request, proceed: Proceed) -> Flow[httpx.Response]:
        """Close it, and sleep."""
        yield from Ask(self.client.close, self.client.aclose)
        yield from Sleep(1)
        return (yield from proceed(request))


def test_a_plain_client_is_ended_with_its_own(world: World) -> None:
    """A call under way through `as_httpx()` raises ClientClosed."""
    closing = Closing()
    closing.client = world.mocked(ada, layers=[closing])

    with world.open(closing.client.as_httpx()) as plain, pytest.raises(ClientClosed):
        world(plain.get("/x"))
