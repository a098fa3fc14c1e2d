"""The one door: every check of the project is a session here (`nox --list`)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"

PROJECT = nox.project.load_toml("pyproject.toml")
DISTRIBUTION: str = PROJECT["project"]["name"]
SUPPORTED = re.compile(r"python3\.(1[1-9]|[2-9]\d)")
VERSION = "import sys; print('{}.{}'.format(*sys.version_info))"
DIST = tempfile.TemporaryDirectory(prefix="restkit-dist-")


def pyenv_folders() -> Iterator[Path]:
    """Where pyenv keeps its interpreters: its shims in PATH may lead nowhere."""
    try:
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True)  # noqa: S607 - PATH decides
    except (OSError, subprocess.CalledProcessError):
        return
    yield from sorted(Path(root.stdout.strip()).glob("versions/*/bin"))


def candidates() -> Iterator[Path]:
    """Interpreters by their names: the one that runs nox, then those of PATH, then pyenv's."""
    yield Path(sys.executable)
    for folder in chain(map(Path, os.environ["PATH"].split(os.pathsep)), pyenv_folders()):
        yield from (python for python in sorted(folder.glob("python3.*")) if SUPPORTED.fullmatch(python.name))


def version_of(python: Path) -> str | None:
    """Its version, such as `3.12`; None if it does not run."""
    try:
        done = subprocess.run([python, "-c", VERSION], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def found_pythons() -> dict[str, Path]:
    """Every supported Python that really runs, the oldest first."""
    found: dict[str, Path] = {}
    for python in candidates():
        if python.name.removeprefix("python") in found:
            continue
        version = version_of(python)
        if version and SUPPORTED.fullmatch(f"python{version}"):
            found.setdefault(version, python)
    return dict(sorted(found.items(), key=lambda item: int(item[0].removeprefix("3."))))


PYTHONS = found_pythons()
if not PYTHONS:
    sys.exit("restkit needs Python 3.11 or newer, and neither PATH nor `pyenv root` has one that runs")
OLDEST = next(iter(PYTHONS))

# Sessions are named by version; these folders make nox find the interpreters that run.
os.environ["PATH"] = os.pathsep.join([*(str(python.parent) for python in PYTHONS.values()), os.environ["PATH"]])


def wheel(session: nox.Session) -> Path:
    """The wheel under test, built from the sdist once in a run of nox."""
    folder = Path(DIST.name)
    if not any(folder.glob("*.whl")):
        session.install("build")
        session.run("python", "-m", "build", "--outdir", DIST.name, silent=True)
    (built,) = folder.glob("*.whl")
    return built


def group(*names: str) -> tuple[str, ...]:
    """The requirements of these dependency groups of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, *names)


def install(session: nox.Session, *requirements: str, extras: str = "") -> None:
    """Install the wheel, never the source tree, with its extras and further requirements."""
    built = wheel(session)
    session.install(f"{DISTRIBUTION}[{extras}] @ {built.as_uri()}", *requirements)
    session.install("--force-reinstall", "--no-deps", str(built))  # the version is the same, the code is not


@nox.session(python=list(PYTHONS))
def tests(session: nox.Session) -> None:
    """The suite on the built wheel: whole and covered on the oldest Python, without servers on the others."""
    report_pythons(session)
    install(session, *group("test"), extras="demo,http2,httpx2,jwt,keyring,pydantic,signatures,trio")
    if session.posargs:
        session.run("python", "-m", "pytest", *session.posargs)
    elif session.python == OLDEST:
        covered(session)
    else:
        session.run("python", "-m", "pytest", "-m", "not server")


def report_pythons(session: nox.Session) -> None:
    """Say which Pythons exist here and what each is used for."""
    for version, python in PYTHONS.items():
        use = "the whole suite, covered" if version == OLDEST else "without servers and httpx2"
        session.log(f"Python {version} ({python}): {use}")


def covered(session: nox.Session) -> None:
    """The whole suite on httpx and, at the same time, on httpx2: together they reach every branch."""
    session.run("coverage", "erase")
    with ThreadPoolExecutor() as pool:
        other = pool.submit(whole_suite, session, "-p", "tests.httpx2_alias", silent=True)
        _ = whole_suite(session)
    session.log("the same on httpx2:\n%s", other.result())
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


def whole_suite(session: nox.Session, *options: str, silent: bool = False) -> object:
    """Run it covered; if silent, answer what it printed, which nox prints where it fails."""
    return session.run("coverage", "run", "--parallel-mode", "-m", "pytest", *options, silent=silent)


@nox.session(python=OLDEST)
def campaign(session: nox.Session) -> None:
    """The full figures: `nox -s campaign -- NAME ...`, or all of them."""
    install(session, *group("test"), extras="demo,http2,httpx2,jwt,keyring,pydantic,signatures,trio")
    session.run("python", "-m", "tests.campaign", *session.posargs)


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Rules, format, unused dependencies, spelling, a docstring on every test."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("deptry", "src")
    session.run("codespell")
    session.run("interrogate", "tests")


@nox.session(python=OLDEST)
def typing(session: nox.Session) -> None:
    """Mypy and pyright strict, ty on the type tests, every public name typed, wrong lines refused."""
    install(session, *group("typing"), extras="demo,httpx2,jwt,keyring,pydantic,signatures,trio")
    modern = [str(path) for path in Path("tests/typing").glob("*_pep695.py")]
    session.run("mypy")
    session.run("mypy", "--python-version=3.12", *modern)
    session.run("pyright")
    session.run("pyright", "-p", "tests/typing/pep695.pyright.json")
    session.run("ty", "check", "--python", session.virtualenv.location, "tests/typing")
    session.run("ty", "check", "--python-version=3.12", *modern)
    session.run("python", "-m", "tests.typing.refused")
    session.run("pyright", "--verifytypes", "restkit", "--ignoreexternal")


@nox.session(python=OLDEST)
def imports(session: nox.Session) -> None:
    """Imports point down only."""
    session.install(*group("imports"))
    session.run("lint-imports", "--no-cache", env={"PYTHONPATH": "src"})


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """The documentation, where a reference that leads nowhere is an error."""
    install(session, *group("docs"), extras="demo,trio")
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-E", "docs", "docs/_build/html")


@nox.session(python=OLDEST)
def prose(session: nox.Session) -> None:
    """Every code block of the README and the documentation runs."""
    install(session, *group("prose"), extras="demo,http2,httpx2,jwt,keyring,pydantic,signatures,trio")
    session.run("python", "-m", "tests.prose")


@nox.session(python=OLDEST)
def demo(session: nox.Session) -> None:
    """An embedded API on a real socket and its SDK, blocking and awaiting."""
    install(session, extras="demo")
    session.run("python", "-m", "restkit.demo", *session.posargs)


@nox.session(python=OLDEST, default=False)
def bench(session: nox.Session) -> None:
    """The figures of performance beside httpx, httpx2 and the peers: `nox -s bench -- P1 P3`."""
    install(session, *group("bench"), extras="demo,httpx2,pydantic,trio")
    session.run("python", "-m", "benchmarks", *session.posargs)
