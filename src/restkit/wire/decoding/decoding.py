"""How bodies are decoded: by which codings, and up to which size."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from restkit.errors import ConfigError
from restkit.wire.decoding.capped import Capped
from restkit.wire.decoding.codings import Codings
from restkit.wire.decoding.decoder import Decoder

CODINGS = Codings()


@frozen
class Decoding:
    """How bodies are decoded. Raises ConfigError for a negative limit."""

    limit_bytes: int | None = None
    """The most that a body may have, decoded; None for any size. What comes out counts, not how much it grew."""
    codings: Codings = CODINGS

    def __attrs_post_init__(self) -> None:
        if self.limit_bytes is not None and self.limit_bytes < 0:
            raise ConfigError("limit_bytes", "is negative", "give 0 or more, or None for any size")

    def decoder_for(self, content_encoding: str | Sequence[str]) -> Decoder:
        """What undoes a Content-Encoding, up to that size.

        Raises UnsupportedEncoding; what it makes raises BadEncoding, TooLarge and TruncatedBody.
        """
        decoder = self.codings.decoder_for(content_encoding)
        return decoder if self.limit_bytes is None else Capped(decoder, self.limit_bytes)


def accepted() -> str:
    """The Accept-Encoding to send: what can really be undone here."""
    return CODINGS.accepted()


def decoder_for(content_encoding: str | Sequence[str]) -> Decoder:
    """What undoes a Content-Encoding, whatever size its body has. Raises UnsupportedEncoding."""
    return CODINGS.decoder_for(content_encoding)
