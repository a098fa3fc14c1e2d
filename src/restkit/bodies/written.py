"""What becomes of the keywords of a call: its content, and its media type."""

from __future__ import annotations

from restkit.bodies.form import MEDIA_TYPE, form
from restkit.bodies.framing import Written
from restkit.bodies.iterated import only_awaiting
from restkit.bodies.kinds import media_type_of, source_of
from restkit.bodies.multipart import multipart


def written(content: object, data: object, files: object, *, awaits: bool) -> Written | None:
    """Content, a form, or a form with files; None if nothing is given.

    Raises InputError for what cannot be sent, or not by a client that does not await.
    """
    body = told_apart(content, data, files)
    if body is not None and not awaits and not isinstance(body.content, bytes) and body.content.is_asynchronous:
        raise only_awaiting("files" if files else "content")
    return body


def told_apart(content: object, data: object, files: object) -> Written | None:
    """What of the three it is."""
    if content is not None:
        return Written(source_of("content", content), media_type_of(content))
    if files:
        made = multipart(data, files)
        return Written(made, made.media_type, is_bound=True)
    if data is None and files is None:
        return None
    return Written(form({} if data is None else data), MEDIA_TYPE)
