"""Prepare nginx in a folder: `python nginx.py FOLDER PORT` writes its settings, its certificate and its files.

It answers at 127.0.0.1, over TLS at 127.0.0.2 on the same port, and at `nginx.sock`; `ca.pem` vouches for it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import trustme


def prepare(work: Path, port: str) -> None:
    """Write all that nginx reads."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(work / "ca.pem")
    authority.issue_cert("127.0.0.2").private_key_and_cert_chain_pem.write_to_path(work / "nginx.pem")
    settings = (Path(__file__).parent / "nginx.conf").read_text(encoding="utf-8")
    (work / "nginx.conf").write_text(settings.replace("@port@", port).replace("@work@", str(work)), encoding="utf-8")
    (work / "files" / "put").mkdir(parents=True, exist_ok=True)
    (work / "files" / "page.html").write_text("0123456789\n" * 100, encoding="ascii")
    (work / "files" / "slow.txt").write_text("0123456789\n" * 100_000, encoding="ascii")


prepare(Path(sys.argv[1]), sys.argv[2])
