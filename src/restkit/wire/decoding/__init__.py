"""Content decoding that is complete and bounded: bytes in, bytes out, no I/O (RFC 9110, section 8.4)."""

from restkit.wire.decoding.answer import decoded
from restkit.wire.decoding.codings import Codings
from restkit.wire.decoding.decoder import Decoder, pieces
from restkit.wire.decoding.decoding import Decoding, accepted, decoder_for
from restkit.wire.decoding.stream import DecodedStream

__all__ = ["Codings", "DecodedStream", "Decoder", "Decoding", "accepted", "decoded", "decoder_for", "pieces"]
