"""A credential among the fields of a body, as some old APIs want it."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

import httpx

from restkit.errors import InputError

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def put_field(request: httpx.Request, name: str, value: str) -> None:
    """Add a field to a body that has been read: to a JSON object, or to a form.

    The rest of the body stays as it was written. Raises InputError for a body of another kind.
    """
    content = with_field(request, name, value)
    headers = [pair for pair in request.headers.multi_items() if pair[0] not in {"content-length", "transfer-encoding"}]
    made = httpx.Request(request.method, request.url, headers=headers, content=content, extensions=request.extensions)
    vars(request).update(vars(made))  # whoever handed the request in goes on with it, and its body has no setter


def with_field(request: httpx.Request, name: str, value: str) -> bytes:
    """A request's body with one more field."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    content = request.content
    if "content-encoding" in request.headers or not content:
        raise unfit("is empty or compressed", name)
    if media_type == FORM:
        if any(each == name for each, _ in parse_qsl(content.decode("ascii", "replace"), keep_blank_values=True)):
            raise unfit("has a field of this name already", name)
        return b"&".join([content, urlencode({name: value}).encode("ascii")])
    if media_type != JSON and not media_type.endswith("+json"):
        raise unfit("is neither JSON nor a form", name)
    return with_member(content, name, value)


def with_member(content: bytes, name: str, value: str) -> bytes:
    """A JSON object with one more member, before the others."""
    try:
        found: object = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise unfit("is no JSON object", name)
    if name in found:
        raise unfit("has a field of this name already", name)
    opening, _, rest = content.partition(b"{")
    comma = b"," if found else b""
    return opening + b"{" + f"{json.dumps(name)}:{json.dumps(value)}".encode("ascii") + comma + rest


def unfit(reason: str, name: str) -> InputError:
    """The error for a body that takes no field."""
    return InputError("body", f"{reason}, and {name} belongs among its fields", "send a JSON object or a form")
