"""What may be shown of a URL, a header or a body: everything but secrets."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import unquote_plus

MASK = "[redacted]"
EXCERPT = 1024
"""Bytes of a body, as UTF-8, that an error may quote."""
_LOOKED_AT = 4 * EXCERPT
_MORE = " ..."

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
_WORDS = frozenset(
    {
        *("key", "sig", "auth", "code", "pwd", "pass", "otp", "pin", "appid", "assertion", "verifier"),
        *("sid", "csrf", "xsrf", "bearer"),
    }
)
_SHORTEST_SECRET = 4
_SHORTEST_COOKIE = 8
"""A shorter value of a cookie, such as `dark`, is no secret, and may stand anywhere."""

_WITH_URLS = frozenset({"location", "content-location", "link", "refresh", "referer"})
"""Headers with URLs in them, which have parameters."""
_QUOTE = r"""(?:\\{0,7}["']|&(?:quot|apos|\#0{0,4}3[49]|\#[xX]0{0,4}2[27]);)"""
"""A quotation mark as it stands in JSON, in JSON within JSON, and in HTML."""
_NAME = rf"(?P<name>[A-Za-z][A-Za-z0-9_.\-]{{0,63}}+){_QUOTE}?\s{{0,32}}(?:=>|[:=])\s{{0,32}}"
_SCHEME = r"(?i:(?:\b(?:Bearer|Basic|Digest|DPoP|Token|Negotiate|NTLM)\b\s{0,4}){1,4})(?<=\s)"
"""Or several: of two words that may be schemes the second may be the credential, or the third."""
_CREDENTIAL = r"[A-Za-z0-9\-._~+/=:]{4,8192}"
_VALUE = (
    rf"{_SCHEME}{_CREDENTIAL}|(?P<quote>{_QUOTE})(?:(?!(?P=quote))(?:\\.|[^\\])){{0,8192}}(?P=quote)?"
    r"""|(?P<opens>[\[{])|[^\s,;&"<>{}\[\]]{1,8192}"""
)
_BRACKET = r"""(?s)"(?:[^"\\]|\\.)*"?|[\[\]{}]"""
_SHAPES = (
    r"(?i:\b(?P<before>(?:Proxy-)?Authorization|(?:Set-)?Cookie):)[^\r\n]{1,8192}",
    r"(?P<before>)\beyJ[A-Za-z0-9_\-]{6,4096}\.[A-Za-z0-9_\-]{6,8192}(?:\.[A-Za-z0-9_\-]{0,4096})?",
    r"(?P<before>://)[^\s/?#@\\\"'<>]{1,1024}(?=@)",
)
"""Whatever is around them: header lines, JSON web tokens, user info."""
_ELEMENT = r"<(?P<name>[A-Za-z][A-Za-z0-9_.:\-]{0,63})(?:\s[^<>]{0,1024})?>(?P<value>[^<]{1,8192})"
_ERROR_CODE = "code"
"""As an element it tells what went wrong: `<Code>NoSuchKey</Code>`."""
_ERROR_CODES = frozenset({"code", "errorcode", "statuscode"})
_SPEAKING = (
    r"""["']?(?:[0-9]{1,6}|[A-Z]{2,32}(?:_[A-Z]{2,32})*|[a-z]{2,32}(?:_[a-z]{2,32})*|(?:[A-Z][a-z]{2,32})+)"""
    r"""["',}\s]"""
)
"""A small number, or words in any of the usual spellings."""
_INPUT = r"(?i:<(?:input|meta)\s)[^<>]{1,2048}"
_ATTRIBUTE = r"""(?P<name>[A-Za-z\-]{1,32})\s{0,4}=\s{0,4}(?P<quote>["']?)(?P<value>[^"'<>]{0,2048})(?P=quote)"""
_REMEMBERED = 64
"""Characters of a name that is remembered: an outage asks of the same ones over and over."""
_SEPARATORS = str.maketrans("-.:[]", "_____")


def is_sensitive(name: str, declared: Collection[str] = ()) -> bool:
    """Whether a header, parameter or field of this name holds a secret: by its words, or as `declared`."""
    says = _says_secret if len(name) <= _REMEMBERED else _says_secret.__wrapped__
    return name.lower() in declared or name.lower() in DECLARED or says(name)


def declare(name: str) -> None:
    """A header, parameter or cookie of this name holds a secret, wherever in this process: so a scheme has it."""
    DECLARED.add(name.lower())


DECLARED: set[str] = set()
"""The names that `declare` was told of."""


@functools.lru_cache(1024)
def _says_secret(name: str) -> bool:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().translate(_SEPARATORS).split("_")
    joined = "".join(words)
    return not _WORDS.isdisjoint(words) or any(part in joined for part in _PARTS)


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
    shown: dict[str, list[str]] = {}
    for name, value in headers:
        lowered = name.lower()
        said = MASK if is_sensitive(lowered, declared) else value
        shown.setdefault(lowered, []).append(_redact_fields(said, declared) if lowered in _WITH_URLS else said)
    return {name: ", ".join(values) for name, values in shown.items()}


def redact_text(text: str, declared: Collection[str] = (), secrets: Iterable[str] = ()) -> str:
    """At most 1 KiB of a body: named secrets, credentials and the `secrets` the caller knows are masked."""
    known = spellings(secrets)
    longest = len(known[0]) if known else 0
    shown = text[: _LOOKED_AT + longest]
    is_cut = len(shown) < len(text)
    for secret in known:
        shown = shown.replace(secret, MASK)
    if is_cut:
        shown = shown[: max(0, len(shown) - longest)]  # it may end with half a secret
    for shape in _SHAPES:
        shown = re.sub(shape, lambda found: f"{found['before']} {MASK}".removeprefix(" "), shown)
    shown = re.sub(_INPUT, lambda found: _redact_input(found[0], declared), shown)
    shown = re.sub(_ELEMENT, lambda found: _redact_element(found, declared), shown)
    shown = _redact_fields(shown, declared)  # before schemes: `Bearer token: x` is a name and its value
    shown = re.sub(rf"({_SCHEME}){_CREDENTIAL}", rf"\1{MASK}", shown)
    return shorten(shown, more=is_cut)


def _redact_input(tag: str, declared: Collection[str]) -> str:
    """A form's field or a page's property: its value is masked if its name is sensitive."""
    attributes = list(re.finditer(_ATTRIBUTE, tag))
    names = [each["value"] for each in attributes if each["name"].lower() in {"name", "id", "property"}]
    if not any(is_sensitive(name, declared) for name in names):
        return tag
    return f'{tag.split(None, 1)[0]} name="{names[0]}" {MASK}'


def _redact_element(found: re.Match[str], declared: Collection[str]) -> str:
    """An element of HTML or XML, up to what stands in it: that is masked if its name is sensitive."""
    if found["name"].lower() == _ERROR_CODE or not is_sensitive(found["name"], declared):
        return found[0]
    return found[0].removesuffix(found["value"]) + MASK


def is_of_an_error(name: str, value: str) -> bool:
    """Whether a field tells what went wrong: a code that is a small number or words, not one made by chance."""
    return name.lower().replace("_", "") in _ERROR_CODES and re.match(_SPEAKING, value) is not None


def _redact_fields(text: str, declared: Collection[str]) -> str:
    """Mask the values of sensitive names; the value of another may hold further names, as a message does."""
    name, value, parts, position = re.compile(_NAME), re.compile(_VALUE), list[str](), 0
    while found := name.search(text, position):
        parts.append(text[position : found.end()])
        position = found.end()
        masked = is_sensitive(found["name"], declared) and not is_of_an_error(found["name"], text[position:])
        held = value.match(text, position) if masked else None
        if held is not None:
            quote = held["quote"] or ""
            parts.append(f"{quote}{MASK}{quote}")
            position = _closed(text, position) if held["opens"] else held.end()
    return "".join([*parts, text[position:]])


def _closed(text: str, start: int) -> int:
    """Where the list or object that begins at `start` is over; the end of the text, if it is cut."""
    depth = 0
    for found in re.compile(_BRACKET).finditer(text, start):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth == 0:
            return found.end()
    return len(text)


def spellings(secrets: Iterable[str]) -> list[str]:
    """Secrets as they may come back, the longest first: as they are, and as URLs, HTML and JSON write them."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            found.update([secret] if secret.isascii() and secret.isalnum() else _spelled(secret))
    return sorted(found, key=len, reverse=True)


def _spelled(secret: str) -> Iterator[str]:
    import html
    import json
    from urllib.parse import quote, quote_plus

    yield from (secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    yield from (html.escape(secret), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])


def secrets_in(headers: Mapping[str, str], declared: Collection[str] = ()) -> list[str]:
    """The secret values these headers carry: whole, without their scheme, a password in them, a cookie's value."""
    found: list[str] = []
    for name, value in headers.items():
        if is_sensitive(name, declared):
            found += [value, *value.split()[1:], *_passwords(value)]
        if name.lower() == "cookie":
            pairs = [pair.partition("=")[2].strip() for pair in value.split(";")]
            found += [each for each in pairs if len(each) >= _SHORTEST_COOKIE]
    return found


def _passwords(value: str) -> list[str]:
    """The password of Basic credentials (RFC 7617), with and without its user, and as OAuth's forms encode it."""
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        return []
    import base64
    import binascii

    try:
        both = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return []
    password = both.partition(":")[2]
    return [both, password, *({unquote_plus(password)} - {password})]


def visible(text: str, keep: str = "") -> str:
    """A text that fools no terminal and no log: control, formatting and line-breaking characters as escapes."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in keep else each.encode("unicode_escape").decode("ascii") for each in text
    )


def shorten(text: str, most: int = EXCERPT, *, more: bool = False) -> str:
    """A text of at most so many bytes of UTF-8, with a mark at its end if there was more."""
    content = text[: most + 1].encode("utf-8", "replace")
    if not more and len(content) <= most:
        return text
    return content[: most - len(_MORE)].decode("utf-8", "ignore") + _MORE
