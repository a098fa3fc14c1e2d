"""Files that hold certificates and keys, and how one knows that they were replaced."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from restkit.errors import ConfigError

Stamp = tuple[int, ...]
"""What tells a file from the one that takes its place."""
TEXT = "-----BEGIN"
CERTIFICATE = b"CERTIFICATE-----"
"""Where PEM has a certificate, of whatever kind."""


def checked_path(name: str, value: object, remedy: str = "pass the path of a file") -> str:
    """The path of a file or folder. Raises ConfigError; what is no path may be a secret, and is not shown."""
    path: object = os.fspath(cast("os.PathLike[str]", value)) if isinstance(value, os.PathLike) else value
    if not isinstance(path, str):
        raise ConfigError(name, f"is of type {type(path).__name__}", remedy)
    if TEXT in path:
        raise ConfigError(name, "is PEM itself", "write it to a file, and pass the path of that")
    if not path or "\0" in path:
        raise ConfigError(name, "is no path", remedy)
    return path


def stamp(name: str, path: str) -> Stamp:
    """The stamp of a file or folder. Raises ConfigError."""
    try:
        found = Path(path).stat()
    except OSError as error:
        raise unreadable(name, error) from None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def content(name: str, path: str) -> bytes:
    """What a file holds. Raises ConfigError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise unreadable(name, error) from None


def unreadable(name: str, error: OSError) -> ConfigError:
    """The error for a file that cannot be read. It shows no path: somebody may have put a password in its place."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return ConfigError(name, "names a file that does not exist", "correct the path")
        case IsADirectoryError():
            return ConfigError(name, "names a folder", "name a file")
        case PermissionError():
            return ConfigError(name, "names a file that may not be read", "permit it")
        case _:
            return ConfigError(name, f"names a file that cannot be read ({error.strerror})", "correct the path")
