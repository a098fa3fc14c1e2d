"""What is known of content that is to be sent."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from restkit.bodies.names import checked_name, checked_type
from restkit.errors import InputError


@frozen(eq=False)
class Upload:
    """Content with what is known of it, as `content=` or as one of `files=`.

    `content` is bytes, text, an open binary file, a path, an iterable of bytes, or a function that gives one of these
    for each attempt. `length` is in bytes: exactly as many are sent, or none. `filename` and `media_type` stand beside
    it; without a media type the name decides.

    Raises InputError for a wrong value.
    """

    content: Any = field(repr=False)  # it may hold secrets
    length: int | None = field(default=None, kw_only=True)
    filename: str | None = field(default=None, kw_only=True)
    media_type: str | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.length is not None and (type(self.length) is not int or self.length < 0):
            raise InputError("length", "is no number of bytes", "pass a whole number, or leave it out")
        if self.filename is not None:
            _ = checked_name("filename", self.filename)
        if self.media_type is not None:
            _ = checked_type("media_type", self.media_type)
