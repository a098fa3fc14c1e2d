"""The scripted transport, in both worlds."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from restkit.testing import ScriptedTransport, answer

Get = Callable[..., httpx.Response]


@pytest.fixture
def transport() -> ScriptedTransport:
    """An empty script."""
    return ScriptedTransport()


@pytest.fixture(params=["blocking", "awaiting"])
def get(request: pytest.FixtureRequest, transport: ScriptedTransport) -> Get:
    """Send a request in either world, and read the answer."""

    def blocking(path: str, method: str = "GET", **options: object) -> httpx.Response:
        with httpx.Client(transport=transport, base_url="http://api.test") as client:
            return client.request(method, path, **options)  # type: ignore[arg-type]

    def awaiting(path: str, method: str = "GET", **options: object) -> httpx.Response:
        import anyio

        async def main() -> httpx.Response:
            """What runs on the loop."""
            async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
                return await client.request(method, path, **options)  # type: ignore[arg-type]

        return anyio.run(main)

    return blocking if request.param == "blocking" else awaiting


def test_one_answer_for_every_time(get: Get, transport: ScriptedTransport) -> None:
    """An answer on its own is given as often as it is asked for."""
    transport.script("GET", "/users/7", answer(json={"id": 7}, headers={"x-a": "b"}))

    found = [get("/users/7") for _ in range(3)]

    assert [({"id": 7}, "b")] * 3 == [(each.json(), each.headers["x-a"]) for each in found]


def test_answers_for_one_time_each(get: Get, transport: ScriptedTransport) -> None:
    """A sequence is given in its order, and then its one answer for every time, if there is one."""
    transport.script("GET", "/jobs/1", [answer(503), answer(202)])
    transport.script("GET", "/jobs/1", answer(200))

    assert [503, 202, 200, 200] == [get("/jobs/1").status_code for _ in range(4)]


def test_answers_for_whatever_comes(get: Get, transport: ScriptedTransport) -> None:
    """A script without targets answers in its order."""
    transport.__init__([answer(200), httpx.ConnectError("refused"), httpx.ReadTimeout])  # type: ignore[misc]

    assert 200 == get("/a").status_code
    with pytest.raises(httpx.ConnectError, match="refused"):
        _ = get("/b")
    with pytest.raises(httpx.ReadTimeout):
        _ = get("/c")


def test_an_answer_of_the_request(get: Get, transport: ScriptedTransport) -> None:
    """A function is called with the request, whose body is read, and whatever it gives is answered or raised."""
    transport.script("POST", "/echo", lambda request: answer(content=request.content))
    transport.script("POST", "/cut", lambda request: httpx.ReadError(str(request.url)))

    assert b"hello" == get("/echo", "POST", content=b"hello").content
    with pytest.raises(httpx.ReadError, match=r"api\.test/cut"):
        _ = get("/cut", "POST")
    assert [b"hello", b""] == [request.content for request in transport.requests]


def test_the_more_exact_target_goes_first(get: Get, transport: ScriptedTransport) -> None:
    """A whole URL goes before a path with its query, and that before a path."""
    script = {
        ("GET", "/users"): answer(text="path"),
        ("GET", "/users?page=2"): answer(text="query"),
        ("GET", "http://api.test/users?page=3"): answer(text="url"),
    }
    for (method, path), answered in script.items():
        transport.script(method, path, answered)

    assert ["path", "query", "url"] == [get(path).text for path in ("/users?page=1", "/users?page=2", "/users?page=3")]


def test_what_nobody_scripted(get: Get, transport: ScriptedTransport) -> None:
    """A request that nobody scripted is an AssertionError which names what was expected."""
    transport.script("GET", "/users/7", answer())
    transport.script("POST", "/users", [answer(201), answer(409)])
    with pytest.raises(AssertionError) as caught:
        _ = get("/users/8")

    assert "nobody scripted GET http://api.test/users/8; expected: GET /users/7 (always), POST /users (2 left)" == str(
        caught.value
    )


def test_an_empty_script(get: Get) -> None:
    """With nothing left the error says so."""
    with pytest.raises(AssertionError, match="nothing is left to be sent"):
        _ = get("/")


def test_what_was_not_sent() -> None:
    """Answers that nobody asked for are named."""
    transport = ScriptedTransport({("GET", "/a"): answer(), ("GET", "/b"): [answer()]})
    with pytest.raises(AssertionError, match=r"^not sent: GET /a \(never asked for\), GET /b \(1 left\)$"):
        transport.assert_all_sent()
    with pytest.raises(AssertionError, match="1 for any request"):
        ScriptedTransport([answer()]).assert_all_sent()

    for path in ("/a", "/b"):
        _ = transport.handle_request(httpx.Request("GET", f"http://api.test{path}"))
    transport.assert_all_sent()


def test_what_was_left_open() -> None:
    """A response that was neither read nor closed is named."""
    transport = ScriptedTransport({("GET", "/a"): answer(text="a")})
    response = transport.handle_request(httpx.Request("GET", "http://api.test/a"))
    with pytest.raises(AssertionError, match=r"still open: GET http://api\.test/a 200"):
        transport.assert_all_over()

    response.close()
    transport.assert_all_over()


def test_a_broken_body(get: Get, transport: ScriptedTransport) -> None:
    """A body breaks off where a chunk is an exception, each time it is sent."""
    transport.script("GET", "/", answer(chunks=[b"a", httpx.ReadError("cut")]))

    for _ in range(2):
        with pytest.raises(httpx.ReadError, match="cut"):
            _ = get("/")


def test_a_body_of_ones_own(get: Get, transport: ScriptedTransport) -> None:
    """A response with a stream of its own is sent as it is."""

    class Own(httpx.SyncByteStream, httpx.AsyncByteStream):
        """A stream of one's own."""

        def __iter__(self):  # type: ignore[no-untyped-def] # noqa: ANN204
            yield b"own"

        async def __aiter__(self):  # type: ignore[no-untyped-def] # noqa: ANN204
            yield b"own"

    transport.script("GET", "/", [httpx.Response(200, stream=Own())])

    assert "own" == get("/").text
    transport.assert_all_over()
