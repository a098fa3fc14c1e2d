"""What is particular to each coding."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import brotli
import pytest

from restkit.errors import BadEncoding, TruncatedBody, UnsupportedEncoding
from restkit.wire.decoding import Codings, decoder_for
from restkit.wire.decoding.members import MOST_EMPTY
from tests.wire.decoding.encoded import FORMS, flips, in_gzip, in_raw_deflate, in_zstd, undo, zstd

BODY = b'{"id": 7, "name": "Ada", "roles": ["admin", "author"]}'
SKIPPED = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
"""A frame of zstd that holds nothing for us (RFC 8878, section 3.1.2)."""


def outcomes(name: str, bodies: Iterator[bytes]) -> set[bytes]:
    """What damaged bodies decode to, where they are not refused."""
    found: set[bytes] = set()
    for body in bodies:
        try:
            found.add(undo(name, body))
        except (BadEncoding, TruncatedBody):
            continue
    return found


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_a_damaged_body(form: str) -> None:
    """Whichever bit is wrong: it is refused, unless the bit has no meaning for what is in it."""
    name, encode = FORMS[form]

    assert {BODY} >= outcomes(name, flips(encode(BODY)))


def test_a_damaged_deflate() -> None:
    """Its checksum covers it, once its header has told that it has one."""
    assert {BODY} >= outcomes("deflate", flips(zlib.compress(BODY), start=2))


@pytest.mark.parametrize("encode", [brotli.compress, in_raw_deflate], ids=["br", "raw deflate"])
def test_a_damaged_body_without_a_checksum(encode: Any) -> None:
    """It may decode to something else, but nothing else fails."""
    name = "br" if encode is brotli.compress else "deflate"

    assert set() != outcomes(name, flips(encode(BODY * 9)))


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_several_members(form: str) -> None:
    """All of them are the body, also those that hold nothing."""
    name, encode = FORMS[form]
    body = b"".join(map(encode, [BODY, b"", b"", BODY * 999, b"end"]))

    assert BODY + BODY * 999 + b"end" == undo(name, body)


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_several_members_byte_by_byte(form: str) -> None:
    """Wherever one ends."""
    name, encode = FORMS[form]
    body = b"".join(map(encode, [BODY, b"", BODY]))

    assert BODY * 2 == undo(name, *(bytes([byte]) for byte in body))


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_a_second_member_that_is_cut(form: str) -> None:
    """The first does not make up for it."""
    name, encode = FORMS[form]

    with pytest.raises(TruncatedBody):
        _ = undo(name, encode(BODY) + encode(BODY)[:-1])


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_members_without_end_that_hold_nothing(form: str) -> None:
    """No cap would ever count them."""
    name, encode = FORMS[form]

    with pytest.raises(BadEncoding, match="hold nothing"):
        _ = undo(name, encode(b"") * (MOST_EMPTY + 2))


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_a_few_members_that_hold_nothing(form: str) -> None:
    """They are counted anew after each that holds something."""
    name, encode = FORMS[form]

    assert BODY * 3 == undo(name, (encode(b"") * MOST_EMPTY + encode(BODY)) * 3)


def test_a_member_that_needs_a_dictionary() -> None:
    """Nobody gave us one (RFC 1950, section 2.2)."""
    compressing = zlib.compressobj(zdict=b"roles")

    with pytest.raises(BadEncoding):
        _ = undo("deflate", compressing.compress(BODY) + compressing.flush())


def test_a_frame_that_is_skipped() -> None:
    """Before, between and after others."""
    assert BODY * 2 == undo("zstd", SKIPPED + in_zstd(BODY) + SKIPPED + in_zstd(BODY) + SKIPPED)


@pytest.mark.parametrize(("log", "read"), [(23, True), (24, False)])
def test_a_window(log: int, read: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Up to 8 MiB: more is not for HTTP (RFC 9659)."""
    compressing = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: log})
    body = compressing.compress(BODY) + compressing.flush()

    assert ({BODY} if read else set()) == outcomes("zstd", iter([body]))


def without(*missing: str, **instead: object) -> Codings:
    """The codings where some modules are not installed, or are others."""

    def load(name: str) -> ModuleType:
        if name in instead:
            return cast("ModuleType", instead[name])
        raise ImportError(name)

    assert not set(missing) & set(instead)
    return Codings(load)


def test_nothing_optional() -> None:
    """What Python itself undoes everywhere."""
    assert "gzip, deflate" == without("brotli", "brotlicffi", "compression.zstd", "backports.zstd").accepted()


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        (Codings(), "gzip, deflate, br, zstd"),
        (without("brotlicffi", brotli=brotli), "gzip, deflate, br"),
        (without("brotli", brotlicffi=brotli), "gzip, deflate, br"),
        (without(**{"compression.zstd": zstd}), "gzip, deflate, zstd"),
        (without(**{"backports.zstd": zstd}), "gzip, deflate, zstd"),
    ],
    ids=["all", "brotli", "brotlicffi", "compression.zstd", "backports.zstd"],
)
def test_what_is_installed(codings: Codings, expected: str) -> None:
    """It is what a server is told."""
    assert expected == codings.accepted()


def test_another_package() -> None:
    """It serves as well."""
    assert BODY == undo(without(brotlicffi=brotli).decoder_for("br"), brotli.compress(BODY))


OLD = SimpleNamespace(Decompressor=type("Decompressor", (), {}))
"""brotli before 1.2: what comes out cannot be bounded."""


@pytest.mark.parametrize("package", [OLD, SimpleNamespace()], ids=["old", "another of that name"])
def test_a_package_that_does_not_serve(package: object) -> None:
    """It is as good as none."""
    assert "gzip, deflate" == without(brotli=package).accepted()


def test_an_old_package_beside_a_new_one() -> None:
    """The new one is taken."""
    assert "gzip, deflate, br" == without(brotli=OLD, brotlicffi=brotli).accepted()


@pytest.mark.parametrize(("name", "needs"), [("br", "1.2 or newer"), ("zstd", "backports.zstd")])
def test_a_coding_whose_package_is_missing(name: str, needs: str) -> None:
    """The error says what would help."""
    with pytest.raises(UnsupportedEncoding, match=needs):
        _ = without(brotli=OLD).decoder_for(name)


def test_where_a_member_ends_does_not_matter() -> None:
    """Its decoder is hungry in between, and goes on."""
    decoder = decoder_for("gzip")
    found = decoder.decode(in_gzip(BODY), 99)

    assert (BODY, True, BODY) == (found, decoder.is_hungry, undo(decoder, in_gzip(BODY)))
