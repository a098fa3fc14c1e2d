"""The names of codings."""

from __future__ import annotations

import gzip
import zlib

import brotli
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.errors import UnsupportedEncoding
from restkit.wire.decoding import accepted, decoder_for
from tests.wire.decoding.encoded import in_gzip, undo

BODY = b"body"


@pytest.mark.parametrize(
    "name", ["gzip", "GZIP", "x-gzip", "X-Gzip", " gzip\t", "identity, gzip", "gzip,,", ", gzip , "]
)
def test_spellings(name: str) -> None:
    """Upper case, an alias, spaces, empty elements (RFC 9110, sections 5.6.1 and 8.4.1)."""
    assert BODY == undo(name, in_gzip(BODY))


@pytest.mark.parametrize("name", ["", "identity", "Identity", ",", "identity, identity, identity"])
def test_no_coding(name: str) -> None:
    """The body is as it came."""
    assert BODY == undo(name, BODY)


@pytest.mark.parametrize("value", ["deflate, br", ["deflate", "br"], ["identity", "deflate,br"]], ids=str)
def test_the_last_is_undone_first(value: str | list[str]) -> None:
    """In one header or in several."""
    assert BODY == undo(decoder_for(value), brotli.compress(zlib.compress(BODY)))


@pytest.mark.parametrize(
    "value",
    [
        "foo",
        "compress",
        "gzip;q=1",
        "gzip foo",
        "gzip, foo",
        "foo, gzip",
        "bzip2",
        "*",
        "gzi\xe9",
        "gz\0ip",
        "aes128gcm",
    ],
)
def test_an_unknown_coding(value: str) -> None:
    """It is refused, whatever it is beside."""
    with pytest.raises(UnsupportedEncoding, match="not undone here"):
        _ = decoder_for(value)


@pytest.mark.parametrize("value", ["gzip, gzip, gzip", ["gzip", "br", "gzip"], "foo, foo, foo"], ids=str)
def test_three_codings(value: str | list[str]) -> None:
    """They are refused."""
    with pytest.raises(UnsupportedEncoding, match="3 content codings"):
        _ = decoder_for(value)


@pytest.mark.parametrize(
    "value", ["gzip," * 25_600, "x" * 102_400, ["gzip"] * 25_600], ids=["names", "name", "headers"]
)
def test_a_header_of_a_hundred_kib(value: str | list[str]) -> None:
    """It is not even read."""
    with pytest.raises(UnsupportedEncoding, match="longer than 256"):
        _ = decoder_for(value)


@given(name=st.text(max_size=99))
def test_any_name(name: str) -> None:
    """It has a decoder or is refused, in one line that can be printed anywhere."""
    said = ""
    try:
        _ = decoder_for(name)
    except UnsupportedEncoding as error:
        said = str(error)

    assert (True, True, True) == (said.isprintable(), said.isascii(), len(said) < 500)


def test_an_unsupported_coding_is_an_error_of_httpxs_too() -> None:
    """For those who catch those."""
    with pytest.raises(httpx.DecodingError):
        _ = decoder_for("foo")


def test_what_is_accepted_is_undone() -> None:
    """Each coding that a server is told of."""
    encoders = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}

    assert all(undo(name, encoders[name](BODY)) == BODY for name in accepted().split(", ") if name in encoders)
