"""What was encoded comes back, however it is cut up, and a body that is cut off never passes for a whole one."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.errors import BadEncoding, TruncatedBody
from restkit.wire.decoding import decoder_for
from tests.wire.decoding.encoded import FORMS, cut_up, in_gzip, undo

BODIES = st.binary(max_size=2_000) | st.builds(bytes.__mul__, st.binary(min_size=1, max_size=9), st.integers(1, 60_000))
PLACES = st.lists(st.integers(0, 3_000), max_size=8)
WORDS = b"restkit undoes what was done to a body, or says that it cannot. "


@given(body=BODIES, form=st.sampled_from(sorted(FORMS)), places=PLACES)
def test_one_coding(body: bytes, form: str, places: list[int]) -> None:
    """It comes back from pieces of any size."""
    name, encode = FORMS[form]
    encoded = encode(body)

    assert body == undo(name, *cut_up(encoded, (min(place, len(encoded)) for place in places)))


@given(body=BODIES, forms=st.lists(st.sampled_from(sorted(FORMS)), min_size=2, max_size=2), places=PLACES)
def test_two_codings(body: bytes, forms: list[str], places: list[int]) -> None:
    """The one that was done last is undone first."""
    encoded = body
    for form in forms:
        encoded = FORMS[form][1](encoded)

    chunks = cut_up(encoded, (min(place, len(encoded)) for place in places))
    assert body == undo(", ".join(FORMS[form][0] for form in forms), *chunks)


@given(body=BODIES.filter(len), form=st.sampled_from(sorted(FORMS)), room=st.integers(1, 70_000))
def test_no_more_than_there_is_room_for(body: bytes, form: str, room: int) -> None:
    """However much waits."""
    name, encode = FORMS[form]
    decoder = decoder_for(name)
    found = [decoder.decode(encode(body), room)]
    while not decoder.is_hungry and len(found) < 20:
        found.append(decoder.decode(b"", room))

    assert max(map(len, found)) <= room
    assert body.startswith(b"".join(found))
    assert len(body) <= len(b"".join(found)) or len(found) == 20


@pytest.mark.parametrize("form", [*FORMS, "identity"])
def test_more_is_put_in_before_it_is_hungry(form: str) -> None:
    """It is held."""
    name, encode = FORMS.get(form, ("identity", bytes))
    encoded = encode(WORDS * 99)
    decoder = decoder_for(name)

    first = decoder.decode(encoded[:60], 1) + decoder.decode(encoded[60:], 1)

    assert WORDS * 99 == first + undo(decoder, b"")


def test_more_is_put_into_two_codings_before_they_are_hungry() -> None:
    """It is held as well."""
    encoded = gzip.compress(in_gzip(WORDS * 99))
    decoder = decoder_for("gzip, gzip")

    first = decoder.decode(encoded[:60], 1) + decoder.decode(encoded[60:], 1)

    assert WORDS * 99 == first + undo(decoder, b"")


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_more_is_put_in_before_a_member_is_over(form: str) -> None:
    """What the first had no use for comes before it."""
    name, encode = FORMS[form]
    encoded = encode(WORDS * 99)
    decoder = decoder_for(name)

    first = decoder.decode(encoded + encoded[:60], 1) + decoder.decode(encoded[60:], 1)

    assert WORDS * 198 == first + undo(decoder, b"")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", [b"", b"a", WORDS], ids=len)
def test_a_body_that_is_cut(form: str, body: bytes) -> None:
    """After whichever byte: it is told."""
    name, encode = FORMS[form]
    encoded = encode(body)

    for end in range(1, len(encoded)):
        with pytest.raises(TruncatedBody):
            _ = undo(name, encoded[:end])


@pytest.mark.parametrize("form", FORMS)
def test_a_body_that_is_cut_within_another_coding(form: str) -> None:
    """The outer one is whole."""
    name, encode = FORMS[form]
    encoded = encode(WORDS)

    for end in range(1, len(encoded)):
        with pytest.raises(TruncatedBody):
            _ = undo(f"{name}, gzip", in_gzip(encoded[:end]))


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "identity", "gzip, br"])
def test_a_body_without_a_byte(name: str) -> None:
    """It is empty, and nothing is missing."""
    assert b"" == undo(name, b"")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rest", [b"\0", b"x", b"\0" * 512, WORDS], ids=["zero", "byte", "zeros", "words"])
@pytest.mark.parametrize("apart", [False, True], ids=["with it", "after it"])
def test_something_behind_the_end(form: str, rest: bytes, apart: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """It belongs to nothing, be it zeros."""
    name, encode = FORMS[form]
    chunks = [encode(WORDS), rest] if apart else [encode(WORDS) + rest]

    with pytest.raises(BadEncoding):
        _ = undo(name, *chunks)


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_a_body_that_was_never_encoded(name: str) -> None:
    """It is not passed on as it is."""
    with pytest.raises(BadEncoding):
        _ = undo(name, b'{"encoded": false}')


@given(body=st.binary(max_size=200), name=st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip", "gzip, zstd"]))
def test_any_bytes(body: bytes, name: str) -> None:
    """They are decoded or refused: no other error comes."""
    try:
        found = undo(name, body)
    except (BadEncoding, TruncatedBody):
        found = b""

    assert isinstance(found, bytes)
