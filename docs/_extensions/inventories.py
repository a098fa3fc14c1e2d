"""Other projects' names from the lists in docs/inventories, so that no reference needs the network.

Each list is text: first the base URL, then a line for each name, `name role page`.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

HEADER = """\
# Sphinx inventory version 2
# Project: {name}
# Version:
# The remainder of this file is compressed using zlib.
"""


def read(listing: Path) -> tuple[str, list[list[str]]]:
    """The base URL of a list, and the three words of each of its names."""
    lines = [line.strip() for line in listing.read_text(encoding="utf-8").splitlines()]
    base, *rows = [line for line in lines if line and not line.startswith("#")]
    return base, [row.split() for row in rows]


def pack(project: str, rows: list[list[str]]) -> bytes:
    """An `objects.inv` of these names."""
    body = "".join(f"{name} py:{role} 1 {page} -\n" for name, role, page in rows)
    return HEADER.format(name=project).encode() + zlib.compress(body.encode())


def vendor(app: Sphinx, config: Config) -> None:
    """Write each list as an inventory beside the build and hand it to intersphinx."""
    folder = app.doctreedir / "inventories"
    folder.mkdir(parents=True, exist_ok=True)
    for listing in sorted((app.srcdir / "inventories").glob("*.txt")):
        base, rows = read(listing)
        inventory = folder / f"{listing.stem}.inv"
        inventory.write_bytes(pack(listing.stem, rows))
        config.intersphinx_mapping[listing.stem] = (base, str(inventory))


def setup(app: Sphinx) -> dict[str, bool]:
    """Run before intersphinx looks at its mapping."""
    app.connect("config-inited", vendor, priority=400)
    return {"parallel_read_safe": True}
