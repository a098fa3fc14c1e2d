"""Tokens as JSON has them, in a file of their own and each by itself."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from restkit.credentials import Token
from restkit.errors import InputError, StoreError
from restkit.stores.place import check_private, private_folder

FORMAT = "restkit tokens 1"
"""By which a file of tokens is known, and its version."""
LARGEST = 4_194_304
"""Bytes of a file; in a larger one nobody has kept tokens."""
MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def token_of(given: object, where: str) -> Token:
    """A token as it was kept. Raises StoreError for anything else."""
    try:
        return Token.from_dict(given)
    except InputError as error:
        raise StoreError(f"{where} holds something that is no token: {error.message}") from None


def parsed(text: str | bytes, where: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What JSON says. Raises StoreError if it is none."""
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise broken(where) from None  # the cause would show it


def broken(where: str) -> StoreError:
    """An error for what cannot be understood."""
    return StoreError(f"{where} is broken, or holds no tokens; it is left as it is")


def read_tokens(path: Path) -> dict[str, Token]:
    """The tokens of a file, by their keys; none if it is not there.

    Raises StoreError for a file that is broken or holds something else, ConfigError for one that others can read.
    """
    with failing(path, "read"):
        content = content_of(path)
    if content is None:
        return {}
    known = mapping(parsed(content, str(path)), str(path))
    if known.get("format") != FORMAT:
        raise broken(str(path))
    return {key: token_of(each, str(path)) for key, each in mapping(known.get("tokens"), str(path)).items()}


def mapping(given: object, where: str) -> Mapping[str, object]:
    """An object of JSON. Raises StoreError for anything else."""
    if not isinstance(given, dict):
        raise broken(where)
    return cast("dict[str, object]", given)  # as JSON has it


def content_of(path: Path) -> bytes | None:
    """What a file holds; None if it is not there."""
    try:
        opened = open(path, "rb", opener=reading)  # noqa: SIM115 - Path.open takes no opener; closed below
    except FileNotFoundError:
        return None
    with opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            raise broken(str(path))
        check_private(path, found)
        return opened.read(LARGEST)


def reading(path: str, flags: int) -> int:
    """Open a file so that no pipe keeps us waiting, and no link leads elsewhere."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def write_tokens(path: Path, tokens: Mapping[str, Token]) -> None:
    """Put a file in the place of another, whole and on disk, or leave that as it is. Raises StoreError."""
    import json

    kept = {key: token.to_dict() for key, token in tokens.items()}
    content = json.dumps({"format": FORMAT, "tokens": kept}, indent=2).encode("ascii")
    with failing(path, "written"):
        sweep(path)
        replace(path, content)


def sweep(path: Path) -> None:
    """Remove what a process left behind that ended while it wrote: only one at a time does."""
    for left in path.parent.glob(f"{glob.escape(path.name)}.*.new"):
        left.unlink()


def replace(path: Path, content: bytes) -> None:
    """Write beside a file, and give what was written its name."""
    import secrets

    beside = path.with_name(f"{path.name}.{secrets.token_hex(16)}.new")
    file = os.open(beside, MAKE, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            _ = opened.write(content)
            opened.flush()
            os.fsync(file)
        _ = beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Have a folder's names on disk, where the system can."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def change_tokens(path: Path, key: str, token: Token | None) -> None:
    """Put one token in the place of another, or with None remove it, and leave the others. Raises StoreError."""
    private_folder(path.parent)
    tokens = read_tokens(path)
    if token is None:
        if tokens.pop(key, None) is None:
            return
    else:
        tokens[key] = token
    write_tokens(path, tokens)


@contextmanager
def failing(path: Path, done: str) -> Generator[None]:
    """Turn an error of the system into a StoreError that says what could not be done."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} cannot be {done}: {error.strerror}") from error
