"""Test vectors of other projects, out of their source distributions: fetched once by name, and kept nowhere here."""

from __future__ import annotations

import os
import sys
import tarfile
from pathlib import Path

from attrs import frozen

from tests.servers.install import Cache, Unavailable, done
from tests.servers.served import refuse


@frozen
class Sdist:
    """The source distribution of a Python package, unpacked."""

    package: str

    @property
    def recipe(self) -> str:
        """The package."""
        return f"sdist {self.package}"

    def into(self, folder: Path) -> None:
        """Fetch and unpack it, with the pip of an environment of its own."""
        environment = folder / "environment"
        _ = done(sys.executable, "-m", "venv", str(environment))
        pip = (str(environment / "bin" / "python"), "-m", "pip")
        _ = done(*pip, "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), self.package)
        (archive,) = folder.glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")

    def program(self, folder: Path) -> str:
        """Find the folder that was unpacked."""
        return str(next(each for each in folder.iterdir() if (each / "PKG-INFO").exists()))

    def version(self, folder: Path) -> str:
        """Read it off that folder's name."""
        return Path(self.program(folder)).name.rpartition("-")[2]


def unpacked(package: str) -> Path:
    """Give the folder of a source distribution; without one the test is skipped, or fails where CI is set."""
    sdist = Sdist(package)
    try:
        return Path(sdist.program(Cache().home(package, sdist)))
    except Unavailable as unavailable:
        refuse(f"no {package}: {unavailable}", os.environ)
