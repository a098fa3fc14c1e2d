"""IPv4 addresses in every spelling that a resolver takes, read as WHATWG's host parser does."""

from __future__ import annotations

from ipaddress import IPv4Address

_PARTS, _LARGEST = 4, 255
_DIGITS = {8: frozenset("01234567"), 10: frozenset("0123456789"), 16: frozenset("0123456789abcdef")}


def ends_in_number(host: str) -> bool:
    """Whether the last label is a number: such a host is an IPv4 address or nothing."""
    last = host.rpartition(".")[2]
    return number(last) is not None or (last != "" and _DIGITS[10].issuperset(last))


def ipv4(host: str) -> str | None:
    """The address in four decimal numbers, or None: `127.1`, `0x7f.1`, `017700000001` and `2130706433` are 127.0.0.1.

    Its last number fills all the bytes that are left.
    """
    parts = host.split(".")
    numbers = [found for part in parts if (found := number(part)) is not None]
    if len(numbers) < len(parts) or len(parts) > _PARTS:
        return None
    *first, last = numbers
    if max(first, default=0) > _LARGEST or last >= 1 << 8 * (_PARTS - len(first)):
        return None
    return str(IPv4Address(sum(each << 8 * (3 - place) for place, each in enumerate(first)) + last))


def number(text: str) -> int | None:
    """A number in decimal, in octal after `0`, in hexadecimal after `0x`; None for anything else."""
    if text.startswith("0x"):
        return whole(text[2:] or "0", 16)
    return whole(text, 8 if text.startswith("0") else 10)


def whole(text: str, radix: int) -> int | None:
    """A number of a radix."""
    return int(text, radix) if text and _DIGITS[radix].issuperset(text) else None
