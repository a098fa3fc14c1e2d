"""The pytest plugin: fixtures found by themselves, and nothing imported before one is used."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import restkit.testing

PLUGIN = ["-p", "no:restkit", "-p", "restkit.testing.plugin", "-p", "no:cacheprovider", "-p", "no:randomly"]
"""By its module, whether restkit is installed or not."""
pytest_plugins = ["pytester"]


def test_nothing_is_imported_with_it() -> None:
    """Loading the plugin loads neither httpx nor the rest of restkit: an application may still choose httpx2."""
    code = "import sys, restkit.testing.plugin; print(*sorted(m for m in sys.modules if m.split('.')[0] in sys.argv))"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, "httpx", "httpx2", "anyio", "restkit"], capture_output=True, text=True, check=True
    )

    assert ["restkit", "restkit.testing", "restkit.testing.plugin"] == done.stdout.split()


def test_its_entry_point() -> None:
    """The project names the plugin's module to pytest."""
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))

    assert {"restkit": "restkit.testing.plugin"} == project["project"]["entry-points"]["pytest11"]


TESTS = """
from restkit import Client, Op
from restkit.testing import VirtualClock, answer

def test_a_client(virtual_clock, scripted_transport):
    scripted_transport.script("GET", "/users/7", answer(json={"id": 7}))
    with Client(base_url="http://api.test", transport=scripted_transport, clock=virtual_clock) as client:
        assert client.execute(Op("GET", "/users/7")) == {"id": 7}

def test_a_simulation(simulation, virtual_clock, scripted_transport):
    scripted_transport.script("GET", "/users/7", answer(json={"id": 7}))
    client = Client(base_url="http://api.test", transport=scripted_transport, clock=virtual_clock)
    assert simulation.run_all(Op("GET", "/users/7"), client=client) == [{"id": 7}]

def test_a_fault(fault_server):
    fault_server.play([418])
    with Client(base_url=fault_server.url) as client:
        assert [418, 200] == [client.get("/users", raise_on_error=False).status_code for _ in range(2)]

def test_an_answer_that_nobody_asked_for(scripted_transport):
    scripted_transport.script("GET", "/users/7", answer())

def test_a_response_left_open(scripted_transport):
    import httpx
    scripted_transport.script("GET", "/users/7", answer(text="a"))
    scripted_transport.handle_request(httpx.Request("GET", "http://api.test/users/7"))
"""


def test_the_fixtures(pytester: pytest.Pytester) -> None:
    """The fixtures make a client's test short, and fail it for what was not sent or left open."""
    _ = pytester.makepyfile(TESTS)

    result = pytester.runpytest_inprocess(*PLUGIN)

    result.assert_outcomes(passed=5, errors=2)
    result.stdout.fnmatch_lines(["*not sent: GET /users/7 (never asked for)*", "*still open: GET *users/7 200*"])


def test_every_public_name() -> None:
    """Each public name is there, is listed, and no other is."""
    found = {name: getattr(restkit.testing, name) for name in restkit.testing.__all__}

    assert set(found) <= set(dir(restkit.testing))
    with pytest.raises(AttributeError, match="no attribute 'Manager'"):
        _ = restkit.testing.Manager
