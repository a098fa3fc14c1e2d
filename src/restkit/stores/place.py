"""Where on disk a secret may lie: in a file that only its owner can read, in a folder that nobody else can change."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from restkit.errors import ConfigError

HOMES = (("XDG_STATE_HOME", ""), ("LOCALAPPDATA", ""), ("HOME", ".local/state"))
"""Variables of the environment that say where programs keep their state, and the folder below each."""
ADMINISTRATOR = 0
"""The user to whom systems' own folders belong, and who can change all others."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS_USE = stat.S_IRWXG | stat.S_IRWXO


def state_folder(environ: Mapping[str, str]) -> Path:
    """The folder for what is to be remembered (XDG Base Directory Specification). Raises ConfigError for none."""
    for variable, below in HOMES:
        home = Path(environ.get(variable, ""))
        if home.is_absolute():  # the specification has others ignored
            return home / below / "restkit"
    raise ConfigError("path", "is not given, and neither XDG_STATE_HOME nor HOME says where to", "pass a path")


def written_path(field: str, given: str | os.PathLike[str]) -> Path:
    """A path, from the root on. Raises ConfigError for what is none."""
    try:
        path = Path(given)
    except TypeError:
        path = Path()
    if not path.name or "\0" in str(path):
        raise ConfigError(field, "is no path", "pass text or a pathlib.Path, such as '/var/lib/me/tokens.json'")
    return path.absolute()


def private_folder(folder: Path) -> None:
    """Make a folder of one's own, unless it is there. Raises ConfigError if it cannot be, or others can change it."""
    try:
        make(folder)
        found = folder.stat()
        above = [(each, each.stat()) for each in folder.parents]
    except OSError as error:
        raise ConfigError(str(folder), f"cannot be made: {error.strerror}", "choose a folder to write into") from error
    if is_shared(found, OTHERS_WRITE):
        raise ConfigError(str(folder), "is a folder that others can write", f"chmod 700 {folder}, or choose another")
    if is_strange(found):
        raise ConfigError(str(folder), "is another user's folder", "choose another")
    for each, its in above:
        if is_open(its) or is_strange(its):
            whoever = "anybody" if is_open(its) else "its owner"
            raise ConfigError(str(folder), f"lies in {each}, where {whoever} can move it", "choose another folder")


def make(folder: Path) -> None:
    """Make a folder and those above it, as far as they are not there. Raises OSError."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def check_private(path: Path, found: os.stat_result) -> None:
    """Raise ConfigError for a file that is somebody else's, or that others can read or change."""
    if is_shared(found, OTHERS_USE):
        raise ConfigError(str(path), "can be read by others", f"chmod 600 {path}, and have its tokens revoked")
    if is_foreign(found):
        raise ConfigError(str(path), "belongs to another user", "choose another path")


def is_shared(found: os.stat_result, rights: int) -> bool:
    """Whether others than its owner have one of these rights. On Windows, rights are elsewhere."""
    return sys.platform != "win32" and bool(found.st_mode & rights)


def is_foreign(found: os.stat_result) -> bool:
    """Whether it belongs to another user than the one this runs as."""
    return sys.platform != "win32" and found.st_uid != os.geteuid()


def is_strange(found: os.stat_result) -> bool:
    """Whether a folder belongs to another user, who can change it and move what lies in it."""
    return is_foreign(found) and found.st_uid != ADMINISTRATOR


def is_open(found: os.stat_result) -> bool:
    """Whether anybody can rename what lies in this folder: if all may write there, and it is not sticky."""
    return is_shared(found, stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
