"""Pins: computed, checked, and held against what a server shows."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from restkit import ConfigError, InputError, TLSVerifyError, pin_of
from restkit.wire.tls import InsecureWarning, Tls
from tests.client.worlds import World
from tests.tls import OURS, TlsServer, authority, issued, shown_by, trusting
from tests.wire.conftest import Wire, asked

SHOWN = x509.load_pem_x509_certificate(issued().cert_chain_pems[0].bytes())
ROOT = authority(OURS).cert_pem.bytes()
KEY = SHOWN.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PIN = "sha256/" + base64.b64encode(hashlib.sha256(KEY).digest()).decode()
OTHER = pin_of(issued(copy=3).cert_chain_pems[0].bytes())


@pytest.mark.parametrize(
    "content",
    [
        SHOWN.public_bytes(Encoding.PEM),
        SHOWN.public_bytes(Encoding.DER),
        SHOWN.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        KEY,
        b"CN = api.test\n" + SHOWN.public_bytes(Encoding.PEM).replace(b"\n", b"\r\n") + ROOT,
        issued().private_key_and_cert_chain_pem.bytes(),
    ],
    ids=["PEM", "DER", "key-PEM", "key-DER", "chain", "with-private-key"],
)
def test_a_pin_is_a_hash_of_the_key(content: bytes) -> None:
    """Of the first certificate, in whatever form it comes (RFC 7469 section 2.4)."""
    assert PIN == pin_of(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"what is this?",
        issued().private_key_pem.bytes(),
        b"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "sha256/",
        Path("leaf.pem"),
    ],
)
def test_what_has_no_pin(content: Any) -> None:
    """It is the caller's mistake."""
    with pytest.raises(InputError, match="pem_or_der"):
        _ = pin_of(content)


@given(st.binary(max_size=200))
def test_no_bytes_fail_in_another_way(content: bytes) -> None:
    """A pin, or an InputError."""
    try:
        found = pin_of(content)
    except InputError:
        return
    assert 51 == len(found)


@pytest.mark.parametrize(
    ("pins", "field"),
    [
        (PIN, "pins"),
        (7, "pins"),
        ([7], "pins[0]"),
        ([PIN, ""], "pins[1]"),
        ([PIN.removeprefix("sha256/")], "pins[0]"),
        ([PIN.replace("sha256", "sha1")], "pins[0]"),
        ([PIN[:-1]], "pins[0]"),
        ([PIN + "="], "pins[0]"),
        ([PIN + "\n"], "pins[0]"),
        (["sha256/" + "é" * 44], "pins[0]"),
        (["sha256/" + "A" * 42 + "B="], "pins[0]"),
        (["sha256/" + base64.b64encode(bytes(31)).decode()], "pins[0]"),
    ],
)
def test_a_pin_that_is_none(pins: Any, field: str) -> None:
    """It is refused by its place, and not shown."""
    with pytest.raises(ConfigError) as caught:
        _ = Tls(pins=pins)

    assert field == caught.value.field


def test_the_order_of_pins_does_not_matter() -> None:
    """Nor how often one stands there."""
    assert Tls(pins=(OTHER, PIN)) == Tls(pins=[PIN, OTHER, PIN])


@pytest.mark.parametrize("pins", [[PIN], [OTHER, PIN]])
def test_a_server_with_a_pinned_key(wire: Wire, trusted: TlsServer, pins: list[str]) -> None:
    """Any of them suffices."""
    response = wire.whole(wire.stock(verify=trusting(), pins=pins), asked(trusted.url))

    assert b"hello" == response.content


def test_a_server_with_another_key(world: World) -> None:
    """It has a good certificate, and yet hears nothing."""
    heard = list[bytes]()
    with (
        TlsServer(shown_by(issued()), lambda line: heard.append(line.recv(65536))) as server,
        pytest.raises(TLSVerifyError, match=re.escape(PIN)),
    ):
        world(world.client(base_url=server.url, verify=trusting(), pins=[OTHER]).get("/"))

    assert b"" == b"".join(heard)


def test_the_authoritys_key_is_not_the_servers(wire: Wire, trusted: TlsServer) -> None:
    """Only the server's own certificate is looked at."""
    stock = wire.stock(verify=trusting(), pins=[pin_of(ROOT)])

    with pytest.raises(TLSVerifyError):
        _ = wire.send(stock, asked(trusted.url))


@pytest.mark.parametrize(("pin", "expected"), [(PIN, b"hello"), (OTHER, TLSVerifyError)])
def test_pins_hold_where_nothing_else_is_verified(wire: Wire, trusted: TlsServer, pin: str, expected: object) -> None:
    """They are then all that is left."""
    with pytest.warns(InsecureWarning):
        stock = wire.stock(verify=False, pins=[pin])
    try:
        found: object = wire.whole(stock, asked(trusted.url)).content
    except TLSVerifyError as error:
        found = type(error)

    assert expected == found


def test_a_certificate_that_cannot_be_read() -> None:
    """It has no key that could be compared."""

    class Odd:
        """A session in which nothing was shown."""

        def getpeercert(self, *, binary_form: bool) -> bytes | None:
            """Nothing."""
            assert binary_form

    session: Any = Odd()

    with pytest.raises(TLSVerifyError, match=r"api\.test cannot be compared"):
        Tls(pins=[PIN]).vet(session, "api.test")
