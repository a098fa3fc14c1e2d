"""Lines of text, from bytes that come in pieces."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from restkit.charset import may_be_marked


class Lines:
    """Makes lines of bytes: `feed` it each piece, then ask for the `rest`.

    The lines are those of `str.splitlines`, wherever the pieces are cut. `encoding` is asked for the encoding once the
    first bytes are there; what cannot be read is U+FFFD.
    """

    __slots__ = ("_begun", "_decoder", "_encoding", "_head", "_is_start", "_return")

    def __init__(self, encoding: Callable[[bytes], str]) -> None:
        self._encoding = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head, self._begun, self._return = b"", list[str](), ""
        self._is_start = True

    def feed(self, piece: bytes) -> Iterator[str]:
        """The lines that end in this piece."""
        text = self._return + self._text(piece)
        self._return = "\r" if text.endswith("\r") else ""  # half of a \r\n, perhaps
        return self._split(text.removesuffix("\r"))

    def rest(self) -> Iterator[str]:
        """The line that has no end, and others that were held back."""
        yield from self._split(self._return + self._text(b"", final=True))
        if self._begun:
            yield "".join(self._begun)

    def _split(self, text: str) -> Iterator[str]:
        for piece in text.splitlines(keepends=True):
            line = piece.splitlines()[0]
            self._begun.append(line)
            if line != piece:
                yield "".join(self._begun)
                self._begun.clear()

    def _text(self, piece: bytes, *, final: bool = False) -> str:
        if self._decoder is None:
            piece = self._head = self._head + piece
            if may_be_marked(piece) and not final:
                return ""
            self._decoder = codecs.getincrementaldecoder(self._encoding(piece))("replace")
        text = decoded(self._decoder, piece, final=final)
        if text and self._is_start:
            self._is_start = False
            text = text.removeprefix("\ufeff")
        return text


def decoded(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> str:
    """The text of a piece; Python's decoders of ISO 2022 give up on some bytes, which are then U+FFFD together."""
    try:
        return decoder.decode(piece, final)
    except UnicodeError:
        decoder.reset()
        return "\ufffd"
