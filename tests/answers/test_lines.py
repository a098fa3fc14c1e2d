"""Lines of text, wherever their bytes are cut."""

from __future__ import annotations

import codecs
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from restkit.charset import BOMS
from restkit.lines import Lines

BREAKING = st.text(alphabet=st.sampled_from("ab é\r\n\x0b\x0c\x1c\x85\u2028\u20290\U0001f389\ufeff"), max_size=20)


def lines_of(pieces: list[bytes], encoding: str = "utf-8") -> list[str]:
    """The lines of a body that comes in pieces."""
    lines = Lines(lambda _: encoding)
    return [line for piece in pieces for line in lines.feed(piece)] + list(lines.rest())


def cut(content: bytes, places: list[int]) -> list[bytes]:
    """A body in pieces."""
    ends = [0, *sorted(each % (len(content) + 1) for each in places), len(content)]
    return [content[start:end] for start, end in pairwise(ends)]


@given(BREAKING, st.lists(st.integers(0, 1000), max_size=9), st.sampled_from(["utf-8", "utf-16-le", "utf-32-be"]))
@example("a\r\nb", [2], "utf-8")
@example("\r", [], "utf-8")
@example("a\r", [1], "utf-8")
def test_lines_are_those_of_the_whole_text(text: str, places: list[int], encoding: str) -> None:
    """However it comes."""
    pieces = cut(text.encode(encoding), places)

    assert text.removeprefix("\ufeff").splitlines() == lines_of(pieces, encoding)


@given(st.binary(max_size=40), st.lists(st.integers(0, 1000), max_size=5), st.sampled_from(["utf-8", "shift_jis"]))
def test_lines_of_any_bytes(content: bytes, places: list[int], encoding: str) -> None:
    """What cannot be read is U+FFFD."""
    text = content.decode(encoding, "replace").removeprefix("\ufeff")

    assert text.splitlines() == lines_of(cut(content, places), encoding)


@pytest.mark.parametrize("mark", BOMS)
def test_a_mark_may_come_in_pieces(mark: bytes) -> None:
    """The encoding is asked for when it is known whether there is one."""
    asked: list[bytes] = []
    lines = Lines(lambda start: asked.append(start) or "latin-1")

    for piece in [mark[:1], mark[1:2], mark[2:] + b"xyz"]:
        _ = list(lines.feed(piece))

    assert [True] == [start.startswith(mark) for start in asked]


def test_a_line_is_not_held_back_for_a_mark_that_does_not_come() -> None:
    """Two bytes may be a line."""
    assert [":"] == list(Lines(lambda _: "utf-8").feed(b":\n"))


def test_a_body_may_end_before_its_mark_is_whole() -> None:
    """Half a mark is text, or what is left of it."""
    assert ["\ufffd"] == lines_of([codecs.BOM_UTF8[:2]])


def test_a_decoder_may_give_up() -> None:
    """As Python's for ISO 2022 do; the next piece is read again."""
    pieces = [b"ab\n", *(bytes([each]) for each in b"\x1b$B\x1b(-(/\x1b(\x1b-"), b"\x1b(B\ncd\n"]

    lines = lines_of(pieces, "iso2022_jp")

    assert ("ab", "cd", True) == (lines[0], lines[-1], "\ufffd" in "".join(lines))
