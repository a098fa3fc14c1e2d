"""Servers are installed once, started, waited for and ended; what cannot be had is said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from tests.servers.install import Cache, Deb, Here, Npm, Pip, Unavailable, cache_root
from tests.servers.running import Running, answers, running
from tests.servers.served import Servers, named, refuse, report
from tests.servers.table import SERVERS, Server

FILES = Server(
    name="files",
    install=Here(),
    command=("{program}", "-m", "http.server", "--bind", "127.0.0.1", "{port}"),
    ready="/",
)
"""The standard library's own file server, which is everywhere."""

LEAVES = evolve(FILES, command=("{program}", "-c", "raise SystemExit('no such module')"))
SILENT = evolve(FILES, command=("{program}", "-c", "import threading; threading.Event().wait()"), seconds=0.2)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """Keep installed servers in a folder of this test."""
    return Cache(tmp_path / "cache")


@pytest.fixture
def serve(tmp_path: Path, cache: Cache) -> Iterator[Callable[..., Servers]]:
    """Make the servers of a run out of given rows, and end them."""
    made: list[Servers] = []

    def make(*rows: Server, **environ: str) -> Servers:
        servers = Servers(work=lambda _name: tmp_path, cache=cache, rows=rows, environ=environ)
        made.append(servers)
        return servers

    yield make
    for servers in made:
        servers.close()


def test_server_answers_and_ends(tmp_path: Path, cache: Cache) -> None:
    """A server answers as long as it is held, and no longer."""
    with running(FILES, cache, tmp_path) as server:
        held = answers(server.address + "/")

    assert (held, answers(server.address + "/")) == (True, False)


def test_whole_group_is_ended(tmp_path: Path, cache: Cache) -> None:
    """A server that forks away from its first process is ended all the same."""
    forking = "import subprocess, sys; subprocess.Popen([sys.executable, *sys.argv[1:]]).wait()"
    command = ("{program}", "-c", forking, *FILES.command[1:])
    with running(evolve(FILES, command=command), cache, tmp_path) as server:
        held = answers(server.address + "/")

    assert (held, answers(server.address + "/")) == (True, False)


def test_is_started_once(serve: Callable[..., Servers]) -> None:
    """Whoever asks again for a server gets the same one."""
    servers = serve(FILES)

    assert servers("files") is servers("files")


def test_one_that_leaves_is_said(tmp_path: Path, cache: Cache) -> None:
    """A server that cannot start says so with its last words."""
    with (
        pytest.raises(Unavailable, match=r"left 3 times with status 1: .*no such module"),
        running(LEAVES, cache, tmp_path),
    ):
        pass


def test_one_that_never_answers_is_said(tmp_path: Path, cache: Cache) -> None:
    """A server that runs and does not answer is given up after its seconds."""
    with (
        pytest.raises(Unavailable, match=r"did not answer at http://127.0.0.1:\d+/ within 0.2 s"),
        running(SILENT, cache, tmp_path),
    ):
        pass


def test_without_ci_a_missing_server_skips(serve: Callable[..., Servers]) -> None:
    """On anyone's machine the test is skipped and says why."""
    with pytest.raises(pytest.skip.Exception, match="no files: it left 3 times"):
        _ = serve(LEAVES)("files")


def test_with_ci_a_missing_server_fails(serve: Callable[..., Servers]) -> None:
    """CI promises every server: one that is missing is a failure."""
    with pytest.raises(pytest.fail.Exception, match="no files: it left 3 times"):
        _ = serve(LEAVES, CI="true")("files")


def test_a_missing_server_is_tried_once(serve: Callable[..., Servers], tmp_path: Path) -> None:
    """A server that could not start is not started again for the next test."""
    servers = serve(LEAVES)
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception):
            _ = servers("files")

    assert (tmp_path / "server.log").read_text().count("no such module") == 3


@pytest.mark.parametrize("environ", [{"CI": ""}, {}])
def test_empty_ci_is_no_ci(environ: dict[str, str]) -> None:
    """CI set to nothing promises nothing."""
    with pytest.raises(pytest.skip.Exception):
        refuse("no files", environ)


def test_install_that_fails_is_said(cache: Cache) -> None:
    """A package that cannot be installed makes its server unavailable, and leaves nothing finished."""
    broken = Pip((str(cache.root / "no-such-package.whl"),))
    with pytest.raises(Unavailable, match=r"-m pip install ... failed"):
        _ = cache.home("broken", broken)

    assert not list(cache.root.glob("*.finished"))


@pytest.mark.parametrize(
    ("package", "folder"), [("tool", "tool"), ("tool@8", "tool"), ("@scope/tool", "@scope/tool"), ("@a/b@1.2", "@a/b")]
)
def test_a_node_package_tells_its_version(tmp_path: Path, package: str, folder: str) -> None:
    """Whether or not one was asked for, and under a scope as well."""
    home = tmp_path / "node_modules" / folder
    home.mkdir(parents=True)
    (home / "package.json").write_text('{"version": "8.7.4"}')

    assert Npm((package,)).version(tmp_path) == "8.7.4"


def test_program_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Node a Node server is unavailable."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="there is no npm here"):
        Npm(("oidc-provider",)).into(tmp_path / "node")


APT = """#!/bin/sh
case $1 in
  update) touch {lists} ;;
  download) test -e {lists} || {{ echo "E: Unable to locate package $3" >&2; exit 100; }}; touch "$3_1.2_all.deb" ;;
esac
"""
DPKG = """#!/bin/sh
case $1 in
  --extract) mkdir -p "$3/usr/bin"; cp "$2" "$3/usr/bin/tool" ;;
  --field) echo 1.2 ;;
esac
"""


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Path], None]:
    """A Debian of which only the programs are there that fetch and unpack; where it keeps its lists is up to a test."""

    def make(lists: Path) -> None:
        for name, script in {"apt-get": APT.format(lists=lists), "dpkg-deb": DPKG}.items():
            program = tmp_path / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(script)
            program.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")

    return make


def test_package_is_unpacked(debian: Callable[[Path], None], cache: Cache, tmp_path: Path) -> None:
    """Below the server's folder, once the lists of a new machine have been fetched."""
    debian(tmp_path / "lists")
    tool = Deb(("tool",), "usr/bin/tool")
    home = cache.home("tool", tool)

    assert (True, "1.2") == (Path(tool.program(home)).is_file(), tool.version(home))


def test_lists_that_cannot_be_had_are_said(debian: Callable[[Path], None], cache: Cache, tmp_path: Path) -> None:
    """Without them and without the package its server is unavailable."""
    debian(tmp_path / "nowhere" / "lists")
    with pytest.raises(Unavailable, match=r"update --quiet ... failed: .*lists"):
        _ = cache.home("tool", Deb(("tool",), "usr/bin/tool"))


def test_debian_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, cache: Cache) -> None:
    """Elsewhere its packages are unavailable."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="there is no apt-get here"):
        _ = cache.home("tool", Deb(("tool",), "usr/bin/tool"))


def test_installs_once(cache: Cache) -> None:
    """What is there is not installed again; another recipe is another folder."""
    first = cache.home("files", Here())
    (first / "kept").touch()

    assert (cache.home("files", Here()) / "kept").exists()
    assert cache.home("files", Here()) == first


def test_half_made_install_is_made_anew(cache: Cache) -> None:
    """An installation that was cut off is not taken for a whole one."""
    first = cache.home("files", Here())
    (first / "half").touch()
    first.with_suffix(".finished").unlink()

    assert not (cache.home("files", Here()) / "half").exists()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"RESTKIT_SERVERS": "/kept/here", "XDG_CACHE_HOME": "/cache"}, Path("/kept/here")),
        ({"XDG_CACHE_HOME": "/cache"}, Path("/cache/restkit/servers")),
        ({}, Path.home() / ".cache/restkit/servers"),
    ],
)
def test_cache_is_the_users(environ: dict[str, str], expected: Path) -> None:
    """Servers are kept where the user says, else in the user's cache."""
    assert cache_root(environ) == expected


def test_unknown_name_names_the_known() -> None:
    """A misspelt server is an error that says which there are."""
    with pytest.raises(LookupError, match=r"no server is named 'httpbun'; there are: httpbin"):
        _ = named("httpbun", SERVERS)


def test_report_tells_versions_and_reasons(tmp_path: Path) -> None:
    """The run's last word: what was used in which version, and what could not be had."""
    used: dict[str, Running | Unavailable] = {
        "httpbin": Running(name="httpbin", address="http://127.0.0.1:1", version="0.10", log=tmp_path),
        "kinto": Unavailable("there is no npm here"),
    }

    assert report(used) == ["httpbin 0.10", "kinto: not used, there is no npm here"]


def test_here_tells_its_version(tmp_path: Path) -> None:
    """What is not installed for the tests is of the version the tests run on."""
    assert Here().version(tmp_path) == sys.version.split()[0]


def test_ready_below_500(serve: Callable[..., Servers]) -> None:
    """A server that answers 404 is there: not every one has a page to show."""
    address = serve(evolve(FILES, ready="/nothing"))("files").address

    assert answers(f"{address}/nothing")
