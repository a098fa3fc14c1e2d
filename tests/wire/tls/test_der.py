"""A certificate's public key, found as the package cryptography finds it, whatever the certificate is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from restkit.wire.tls.der import Malformed, as_key, element, is_key, key_of

KEYS: list[Any] = [
    *[ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())],
    *[rsa.generate_private_key(65537, size) for size in (1024, 2048)],
    dsa.generate_private_key(2048),
    ed25519.Ed25519PrivateKey.generate(),
    ed448.Ed448PrivateKey.generate(),
]
NOW = datetime.now(UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=64)


def public(key: Any) -> bytes:
    """Its SubjectPublicKeyInfo, by cryptography."""
    found: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


@st.composite
def certificates(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A certificate in DER, and its public key."""
    key, signer = draw(st.sampled_from(KEYS)), draw(st.sampled_from(KEYS))
    subject = [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name) for name in draw(st.lists(TEXT, max_size=9))]
    builder = (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name(subject[:1]))
        .serial_number(draw(st.integers(1, 2**159 - 1)))
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=draw(st.integers(0, 20_000))))
    )
    if draw(st.booleans()):
        names = [x509.DNSName(f"host{number}.test") for number in range(draw(st.integers(1, 5000)))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signs_alone = isinstance(signer, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    made = builder.sign(signer, None if signs_alone else hashes.SHA256())
    return made.public_bytes(Encoding.DER), public(key)


@given(certificates())
def test_the_key_of_a_certificate(made: tuple[bytes, bytes]) -> None:
    """As cryptography reads it."""
    certificate, key = made

    assert key == key_of(certificate)


@given(certificates(), st.integers(0, 10_000))
def test_a_certificate_that_is_cut(made: tuple[bytes, bytes], cut: int) -> None:
    """It is malformed, wherever it is cut."""
    certificate = made[0]

    with pytest.raises(Malformed):
        _ = key_of(certificate[: cut % len(certificate)])


@given(certificates(), st.integers(0, 600), st.integers(0, 255))
def test_a_certificate_with_another_byte(made: tuple[bytes, bytes], place: int, byte: int) -> None:
    """A key is found in it, or it is malformed; nothing else happens."""
    changed = bytearray(made[0])
    changed[place % len(changed)] = byte

    assert found_in(bytes(changed)) in {True, None}


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    """Likewise."""
    assert found_in(data) in {True, None}


def found_in(data: bytes) -> bool | None:
    """Whether what is found is a key that stands in the data; None if they are malformed."""
    try:
        found = key_of(data)
    except Malformed:
        return None
    return is_key(found) and found in data


def der(tag: int, *parts: bytes) -> bytes:
    """An element."""
    content = b"".join(parts)
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


ALGORITHM = der(0x30, der(0x06, b"\x2a\x03"))
PUBLIC = der(0x30, ALGORITHM, der(0x03, b"\0\1"))
REST = (ALGORITHM, der(0x03, b"\0\1"))


def test_a_certificate_of_the_first_version() -> None:
    """It does not name its version."""
    empty = der(0x30)
    signed = der(0x30, der(0x02, b"\1"), ALGORITHM, empty, empty, empty, PUBLIC)

    assert PUBLIC == key_of(der(0x30, signed, *REST))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cut off"),
        (b"\x30", "cut off"),
        (b"\x3f\x81\x01\x00", "several bytes"),
        (b"\x30\x80\x00\x00", "shortest form"),
        (b"\x30\x81\x05\x01\x02\x03\x04\x05", "shortest form"),
        (b"\x30\x82\x00\x05\x01\x02\x03\x04\x05", "shortest form"),
        (b"\x30\x85\x01\x00\x00\x00\x00", "shortest form"),
        (b"\x30\x82\x01", "shortest form"),
        (b"\x30\x05\x00", "longer than"),
        (b"\x02\x01\x00", "no single sequence"),
        (b"\x30\x00\x30\x00", "no single sequence"),
        (b"\x30\x00", "no certificate"),
        (PUBLIC, "no certificate"),
        (der(0x30, der(0x30), *REST), "no certificate of X.509"),
        (der(0x30, der(0x30, der(0x02, b"\1"), *[der(0x30)] * 4, der(0x31)), *REST), "no certificate of X.509"),
        (der(0x30, der(0x30, der(0x02, b"\1"), *[der(0x30)] * 5), *REST), "no public key"),
    ],
)
def test_what_is_malformed(data: bytes, said: str) -> None:
    """It says how."""
    with pytest.raises(Malformed, match=said):
        _ = key_of(data)


def test_what_is_no_public_key() -> None:
    """Though it is DER."""
    with pytest.raises(Malformed, match="no public key"):
        _ = as_key(b"\x30\x00")


@given(st.integers(0, 70_000))
def test_a_length_in_its_shortest_form(size: int) -> None:
    """However long it is."""
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    head = bytes([4, size]) if size < 128 else bytes([4, 128 + len(long)]) + long
    data = head + bytes(size)

    assert (4, 0, len(head), len(data)) == element(data, 0, len(data))
