"""How large a body may become, and what decoding it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restkit.errors import ConfigError, TooLarge
from restkit.wire.decoding import Decoding, pieces
from tests.wire.decoding.encoded import BOMBS, FORMS, br_bomb, undo
from tests.wire.decoding.swelling import STATUS

ROOT = Path(__file__).parents[3]
KIB_STREAMED, KIB_WHOLE, KIB_WINDOW = 16 << 10, 64 << 10, 20 << 10
linux = pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells how high a process rose")


@given(size=st.integers(0, 300_000), limit=st.integers(0, 300_000), form=st.sampled_from([*FORMS, ""]))
def test_a_body_may_have_that_many_bytes(size: int, limit: int, form: str) -> None:
    """And not one more."""
    name, encode = FORMS.get(form, ("", bytes))
    decoder = Decoding(limit).decoder_for(name)

    try:
        found = len(undo(decoder, encode(bytes(size))))
    except TooLarge:
        found = -1

    assert (size if size <= limit else -1) == found


@pytest.mark.parametrize("form", FORMS)
def test_no_more_comes_out_than_may(form: str) -> None:
    """A body that is too large is given back as far as it may go, at most."""
    name, encode = FORMS[form]
    given_back: list[bytes] = []

    with pytest.raises(TooLarge):
        given_back.extend(pieces(Decoding(600_000).decoder_for(name), encode(bytes(5_000_000))))

    assert 600_000 >= sum(map(len, given_back))


def test_no_cap() -> None:
    """Any size goes."""
    name, encode = FORMS["gzip"]

    assert 5_000_000 == len(undo(Decoding().decoder_for(name), encode(bytes(5_000_000))))


def test_a_wrong_cap() -> None:
    """It is refused."""
    with pytest.raises(ConfigError) as caught:
        _ = Decoding(-1)

    assert ("limit_bytes", "is negative") == (caught.value.field, caught.value.reason)


def swollen(path: Path, content_encoding: str, bomb: bytes) -> tuple[int, int, str, int]:
    """What a process tells that decodes a bomb."""
    _ = path.write_bytes(bomb)
    command = [sys.executable, "-m", "tests.wire.decoding.swelling", str(path), content_encoding]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    streamed, grown, ended, grown_whole = json.loads(done.stdout)
    return streamed, grown, ended, grown_whole


@linux
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb(name: str, tmp_path: Path) -> None:
    """A GiB: streamed it takes at most 16 MiB, read whole it ends as too large, at 64 MiB at most."""
    content_encoding, make = BOMBS[name]

    streamed, grown, ended, grown_whole = swollen(tmp_path / "bomb", content_encoding, make())

    assert (1 << 30, "TooLarge") == (streamed, ended)
    assert (True, True) == (grown <= KIB_STREAMED, grown_whole <= KIB_WHOLE), f"{grown} and {grown_whole} KiB"


@linux
def test_the_largest_window_of_br(tmp_path: Path) -> None:
    """It is 16 MiB by itself (RFC 7932, section 9.1), which is not refused."""
    streamed, grown, _, grown_whole = swollen(tmp_path / "bomb", "br", br_bomb(window=24))

    assert 1 << 30 == streamed
    assert (True, True) == (grown <= KIB_WINDOW, grown_whole <= KIB_WHOLE), f"{grown} and {grown_whole} KiB"
