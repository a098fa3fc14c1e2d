"""What may be shown of a URL, a header or a body: everything but secrets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import unquote_plus

MASK = "[redacted]"
EXCERPT = 1024
"""Characters of a body that an error may quote."""

_PARTS = (
    "token",
    "secret",
    "passw",
    "passphrase",
    "apikey",
    "authorization",
    "credential",
    "signature",
    "session",
    "cookie",
    "jwt",
)
_WORDS = frozenset({"key", "sig", "auth", "code", "pwd", "pass", "otp", "pin", "appid", "assertion", "verifier"})
_SHORTEST_SECRET = 4
_FIELD = (
    r"""(?P<name>[A-Za-z][A-Za-z0-9_.\-]{0,63})"?\s{0,4}[:=]\s{0,4}"""
    r"""(?P<value>"(?:[^"\\]|\\.){0,4096}"?|[^\s,;&"<>{}\[\]]{1,4096})"""
)
_SCHEME = r"(?i:\b(?P<scheme>Bearer|Basic|Digest|DPoP|Token))\s{1,4}[A-Za-z0-9\-._~+/=:]{4,4096}"
_SEPARATORS = str.maketrans("-.[]", "____")


def is_sensitive(name: str, declared: Collection[str] = ()) -> bool:
    """Whether a header, parameter or field of this name holds a secret: by its words, or as `declared`."""
    lowered = name.lower()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().translate(_SEPARATORS).split("_")
    joined = "".join(words)
    return lowered in declared or not _WORDS.isdisjoint(words) or any(part in joined for part in _PARTS)


def redact_url(url: str, declared: Collection[str] = ()) -> str:
    """The URL without user info and fragment, and with the values of sensitive parameters masked."""
    rest, _, _ = url.partition("#")
    rest, mark, query = rest.partition("?")
    scheme, separator, remainder = rest.partition("://")
    if separator:
        authority, slash, path = remainder.partition("/")
        rest = f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
    return rest + mark + "&".join(_redact_pair(pair, declared) for pair in query.split("&"))


def _redact_pair(pair: str, declared: Collection[str]) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals and is_sensitive(unquote_plus(name), declared) else pair


def redact_headers(headers: Iterable[tuple[str, str]], declared: Collection[str] = ()) -> dict[str, str]:
    """Headers by lower-case name, with sensitive values masked and repeated ones joined by a comma."""
    shown: dict[str, str] = {}
    for name, value in headers:
        lowered = name.lower()
        said = MASK if is_sensitive(lowered, declared) else value
        shown[lowered] = f"{shown[lowered]}, {said}" if lowered in shown else said
    return shown


def redact_text(text: str, declared: Collection[str] = (), secrets: Iterable[str] = ()) -> str:
    """At most 1,024 characters of a body: named secrets, credentials and the `secrets` the caller knows are masked."""
    shown = text[: 4 * EXCERPT]
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            shown = shown.replace(secret, MASK)
    shown = re.sub(_SCHEME, lambda found: f"{found['scheme']} {MASK}", shown)
    shown = _redact_fields(shown, declared)
    return shown if len(shown) <= EXCERPT and len(text) <= 4 * EXCERPT else shown[:EXCERPT] + " ..."


def _redact_fields(text: str, declared: Collection[str]) -> str:
    """Mask the values of sensitive names; the value of another may hold further names, as a message does."""
    field, parts, position = re.compile(_FIELD), list[str](), 0
    while found := field.search(text, position):
        start = found.start("value")
        parts.append(text[position:start])
        position = start
        if is_sensitive(found["name"], declared):
            parts.append(f'"{MASK}"' if found["value"].startswith('"') else MASK)
            position = found.end()
    return "".join([*parts, text[position:]])


def secrets_in(headers: Mapping[str, str], declared: Collection[str] = ()) -> list[str]:
    """The secret values these headers carry, whole and without their scheme."""
    values = [value for name, value in headers.items() if is_sensitive(name, declared)]
    return values + [word for value in values for word in value.split()[1:]]
