"""How a server comes to be on this machine: each way installs into a folder of its own, once."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Protocol

from attrs import field, frozen

SECONDS = 600.0
"""An installation that takes longer is given up."""


class Unavailable(Exception):
    """A server cannot be had here, and why."""


class Install(Protocol):
    """A way to install: into a folder, and from then on programs to run and versions to tell."""

    @property
    def recipe(self) -> str:
        """What is installed; another recipe is another folder."""
        ...

    def into(self, folder: Path, /) -> None:
        """Install, or raise `Unavailable`."""
        ...

    def program(self, folder: Path, /) -> str:
        """Find the program that runs what was installed."""
        ...

    def version(self, folder: Path, /) -> str:
        """Tell which version was installed."""
        ...


@frozen
class Pip:
    """Python packages in a virtual environment of their own; the first one's version is the server's."""

    packages: tuple[str, ...]

    @property
    def recipe(self) -> str:
        """The packages and the Python they run on."""
        return f"pip {platform.python_version()} {' '.join(self.packages)}"

    def into(self, folder: Path) -> None:
        """Make the environment and install."""
        _ = done(sys.executable, "-m", "venv", str(folder))
        _ = done(self.program(folder), "-m", "pip", "install", "--quiet", *self.packages)

    def program(self, folder: Path) -> str:
        """Find the environment's Python."""
        return str(folder / "bin" / "python")

    def version(self, folder: Path) -> str:
        """Ask the environment for its first package."""
        script = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
        return done(self.program(folder), "-c", script, self.packages[0])


@frozen
class Npm:
    """Node packages in a folder of their own; the first one's version is the server's."""

    packages: tuple[str, ...]

    @property
    def recipe(self) -> str:
        """The packages."""
        return f"npm {' '.join(self.packages)}"

    def into(self, folder: Path) -> None:
        """Install beside a `node_modules` of their own."""
        folder.mkdir(parents=True)
        _ = done(
            found("npm"), "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *self.packages
        )

    def program(self, _folder: Path) -> str:
        """Find Node."""
        return found("node")

    def version(self, folder: Path) -> str:
        """Read the first package's own description."""
        first = self.packages[0]
        name = first[0] + first[1:].partition("@")[0]  # a scope has an @ of its own
        description = folder / "node_modules" / name / "package.json"
        return str(json.loads(description.read_text(encoding="utf-8"))["version"])


@frozen
class Deb:
    """Debian's packages, unpacked and not installed: nothing of the system changes, and no service begins.

    The first one's version is the server's, and `file` its program, below the folder. What they depend on must be here.
    """

    packages: tuple[str, ...]
    file: str

    @property
    def recipe(self) -> str:
        """The packages."""
        return f"deb {' '.join(self.packages)}"

    def into(self, folder: Path) -> None:
        """Fetch and unpack them, with fresh lists if need be."""
        archives = folder / ARCHIVES
        archives.mkdir(parents=True)
        apt = found("apt-get")
        fetch = (apt, "download", "--quiet", *self.packages)
        try:
            _ = done(*fetch, cwd=archives)
        except Unavailable:
            _ = done(apt, "update", "--quiet")
            _ = done(*fetch, cwd=archives)
        for archive in archives.iterdir():
            _ = done(found("dpkg-deb"), "--extract", str(archive), str(folder))

    def program(self, folder: Path) -> str:
        """Find it among the files."""
        return str(folder / self.file)

    def version(self, folder: Path) -> str:
        """Ask the first package."""
        archive = next((folder / ARCHIVES).glob(f"{self.packages[0]}_*.deb"))
        return done(found("dpkg-deb"), "--field", str(archive), "Version")


ARCHIVES = "archives"
"""The folder of what was fetched, below that of what was unpacked."""


@frozen
class Here:
    """Nothing to install: a module of the Python that runs the tests, of a package it has or of its own."""

    package: str | None = None

    @property
    def recipe(self) -> str:
        """The Python itself."""
        return "here"

    def into(self, folder: Path) -> None:
        """Only make the folder."""
        folder.mkdir(parents=True)

    def program(self, _folder: Path) -> str:
        """Give the Python that runs the tests."""
        return sys.executable

    def version(self, _folder: Path) -> str:
        """Tell the package's version, or Python's."""
        return metadata.version(self.package) if self.package else platform.python_version()


@frozen
class Cache:
    """Where installed servers are kept from one run to the next."""

    root: Path = field(factory=lambda: cache_root(os.environ))

    def home(self, name: str, install: Install) -> Path:
        """Give a server's folder, installed whole: a broken or half-made one is made anew."""
        folder = self.root / f"{name}-{hashlib.sha256(install.recipe.encode()).hexdigest()[:12]}"
        finished = folder.with_suffix(".finished")
        with alone(folder.with_suffix(".lock")):
            if not finished.exists():
                shutil.rmtree(folder, ignore_errors=True)
                install.into(folder)
                finished.touch()
        return folder


def cache_root(environ: Mapping[str, str]) -> Path:
    """Choose the folder: RESTKIT_SERVERS, else the user's cache."""
    if chosen := environ.get("RESTKIT_SERVERS"):
        return Path(chosen)
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "restkit" / "servers"


@contextmanager
def alone(lock: Path) -> Generator[None]:
    """Keep two test runs from installing the same server at once."""
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def found(program: str) -> str:
    """Find a program in PATH."""
    path = shutil.which(program)
    if path is None:
        raise Unavailable(f"there is no {program} here")
    return path


def done(*command: str, cwd: Path | None = None) -> str:
    """Run a command to its end and give what it printed, without the last line's end."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=cwd)  # noqa: S603 - the table's
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]} did not run: {error}") from error
    if ended.returncode:
        last = (ended.stderr.strip() or ended.stdout.strip()).rsplit("\n", 1)[-1]
        raise Unavailable(f"{' '.join(command[1:4])} ... failed: {last}")
    return ended.stdout.strip()
