"""TLS servers, a transport in each world, and a folder of certificates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.worlds import portal, world
from tests.tls import OURS, authority, issued, trusted, written
from tests.wire.conftest import speak, wire

__all__ = ["portal", "speak", "trusted", "wire", "world"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Paths of PEM: `ca`, `leaf` and `key` of a client, both in `both`, the key of another in `other`, and `junk`."""
    leaf, other = issued(copy=1), issued(copy=2)
    chain, key = leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()
    return written(
        tmp_path,
        ca=authority(OURS).cert_pem.bytes(),
        leaf=chain,
        key=key,
        both=key + chain,
        other=other.private_key_pem.bytes(),
        junk=b"what is this?\n",
        empty=b"",
        damaged=b"-----BEGIN CERTIFICATE-----\nwhat?\n-----END CERTIFICATE-----\n",
        broken=b"-----BEGIN PRIVATE KEY-----\nwhat?\n-----END PRIVATE KEY-----\n",
    )


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment, in which nobody says anything of TLS."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch
