"""Which content codings can be undone here, and the names they go by (RFC 9110, section 8.4.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from attrs import frozen

from restkit.errors import UnsupportedEncoding
from restkit.wire.decoding.br import br
from restkit.wire.decoding.chain import Chain
from restkit.wire.decoding.decoder import Decoder
from restkit.wire.decoding.identity import Identity
from restkit.wire.decoding.inflate import deflate, gzip
from restkit.wire.decoding.members import Format, Members
from restkit.wire.decoding.packages import Load
from restkit.wire.decoding.zstd import zstd

MOST = 2
"""How many codings a body may have, one within the other."""
LONGEST = 256
"""Characters of a Content-Encoding that is read."""
SHOWN = 40
"""Characters of an unknown name that an error shows."""
ALIASES: Mapping[str, str] = MappingProxyType({"x-gzip": "gzip"})
FORMATS: Mapping[str, Callable[[Load], Format | None]] = MappingProxyType(
    {"gzip": lambda _: gzip(), "deflate": lambda _: deflate(), "br": br, "zstd": zstd}
)
NEEDS: Mapping[str, str] = MappingProxyType(
    {"br": "brotli or brotlicffi, 1.2 or newer", "zstd": "Python 3.14 or backports.zstd"}
)
"""What an optional coding needs."""


@frozen
class Codings:
    """The content codings that can be undone here. Optional packages are loaded when they are first asked for."""

    load: Load = import_module

    def accepted(self) -> str:
        """The Accept-Encoding to send: what can really be undone here."""
        return ", ".join(name for name, find in FORMATS.items() if find(self.load) is not None)

    def decoder_for(self, content_encoding: str | Sequence[str]) -> Decoder:
        """What undoes a Content-Encoding, given as its value or as several: the last coding first.

        Raises UnsupportedEncoding for a coding that is unknown or needs a package, or for more than two.
        """
        names = names_in(content_encoding)
        if not names:
            return Identity()
        *inner, outer = [Members(self._format(name)) for name in names]
        return Chain(outer, inner[0]) if inner else outer

    def _format(self, name: str) -> Format:
        found = FORMATS[name](self.load) if name in FORMATS else None
        if found is not None:
            return found
        why = f"which needs {NEEDS[name]}" if name in NEEDS else "which is not undone here"
        raise UnsupportedEncoding(f"the body is encoded as {name[:SHOWN]!a}, {why}")


def names_in(content_encoding: str | Sequence[str]) -> list[str]:
    """The codings that were applied, in their order, without `identity`; empty elements count for nothing."""
    lines = [content_encoding] if isinstance(content_encoding, str) else content_encoding
    if sum(map(len, lines)) > LONGEST:
        raise UnsupportedEncoding(f"the Content-Encoding is longer than {LONGEST} characters")
    parts = (part.strip(" \t").lower() for line in lines for part in line.split(","))
    names = [ALIASES.get(part, part) for part in parts if part not in {"", "identity"}]
    if len(names) > MOST:
        raise UnsupportedEncoding(f"the body has {len(names)} content codings, one within the other; {MOST} are undone")
    return names
