"""MessagePack: msgspec reads and writes it."""

from __future__ import annotations

from typing import Any, ClassVar

from typing_extensions import override

from restkit.codec.model_codec import ModelCodec
from restkit.errors import DecodeError


class MsgPack(ModelCodec):
    """Models and plain data as MessagePack: a codec of models, whose parameters it has.

    Bytes are its own; times, UUIDs and Decimals are text, as in JSON.
    """

    media_type = "application/vnd.msgpack"
    name = "MessagePack"
    natives: ClassVar[tuple[type, ...]] = (bytes,)

    @override
    def load(self, content: bytes) -> Any:
        import msgspec

        try:
            return msgspec.msgpack.decode(content)
        except msgspec.DecodeError as error:
            raise DecodeError(str(error) if content else "the body is empty", expected="MessagePack") from None

    @override
    def dump(self, plain: Any) -> bytes:
        import msgspec

        return msgspec.msgpack.encode(plain)
