"""Where tokens lie: the user's own folder, and none that others can change."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from restkit.errors import ConfigError, StoreError
from restkit.stores import FileTokens, KeyringTokens
from restkit.stores.place import state_folder
from tests.stores.running import TOKEN, blocking

VARIABLES = ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME")
Environ = Callable[..., None]


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Environ:
    """Sets these variables of the environment, and no other that says where state is kept."""

    def put(**values: str) -> None:
        for each in VARIABLES:
            monkeypatch.delenv(each, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/me"}, "/state/restkit"),
        ({"HOME": "/home/me"}, "/home/me/.local/state/restkit"),
        ({"XDG_STATE_HOME": "", "HOME": "/home/me"}, "/home/me/.local/state/restkit"),
        ({"XDG_STATE_HOME": "state", "HOME": "/home/me"}, "/home/me/.local/state/restkit"),
        ({"LOCALAPPDATA": "/data", "HOME": "/home/me"}, "/data/restkit"),
    ],
)
def test_state_is_kept_at_home(environ: dict[str, str], expected: str) -> None:
    """Where the user says, unless that is no place."""
    assert Path(expected) == state_folder(environ)


@pytest.mark.parametrize("values", [{}, {"HOME": ""}, {"HOME": "me", "XDG_STATE_HOME": "."}])
@pytest.mark.parametrize("make", [FileTokens, lambda: KeyringTokens("tests")])
def test_there_is_no_home(environ: Environ, values: dict[str, str], make: Callable[[], object]) -> None:
    """A path must be given then."""
    environ(**values)

    with pytest.raises(ConfigError, match="path is not given, and neither XDG_STATE_HOME nor HOME says where to"):
        make()


def test_tokens_are_kept_at_home(environ: Environ, tmp_path: Path) -> None:
    """Unless a path is given."""
    environ(XDG_STATE_HOME=str(tmp_path))

    assert tmp_path / "restkit" / "tokens.json" == FileTokens().path
    assert tmp_path / "restkit" == KeyringTokens("tests").folder


@pytest.mark.parametrize("path", ["", "/", b"tokens.json", 7, "a\0b", "a\0/b"])
def test_what_is_no_path(path: Any) -> None:
    """Is refused when a store is made."""
    with pytest.raises(ConfigError, match="path is no path"):
        _ = FileTokens(path)


def test_a_path_is_from_the_root_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may go elsewhere."""
    monkeypatch.chdir(tmp_path)

    assert tmp_path / "tokens.json" == FileTokens("tokens.json").path


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777, 0o720])
def test_a_folder_that_others_can_write(tmp_path: Path, mode: int) -> None:
    """Is refused before anything is written: they could put a token of theirs there."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    store = FileTokens(folder / "tokens.json")
    for ask in (store.save("a", TOKEN), store.exclusive("a", lambda: store.load("a"))):
        with pytest.raises(ConfigError, match="is a folder that others can write; chmod 700"):
            _ = blocking(ask)

    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o755])
def test_a_folder_that_others_can_read(tmp_path: Path, mode: int) -> None:
    """Is good enough: they see that there are tokens, and not which."""
    folder = tmp_path / "seen"
    folder.mkdir()
    folder.chmod(mode)
    store = FileTokens(folder / "tokens.json")
    blocking(store.save("a", TOKEN))

    assert TOKEN == blocking(store.load("a"))


def test_a_folder_that_anybody_can_move(tmp_path: Path) -> None:
    """Is refused: another one may be put in its place."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)

    with pytest.raises(ConfigError, match=r"lies in .*shared, where anybody can move it"):
        blocking(FileTokens(shared / "own" / "tokens.json").save("a", TOKEN))


def test_a_folder_below_one_for_everybody(tmp_path: Path) -> None:
    """Is well if that is sticky, as /tmp is: nobody moves what is not theirs."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    store = FileTokens(shared / "own" / "tokens.json")
    blocking(store.save("a", TOKEN))

    assert TOKEN == blocking(store.load("a"))


@pytest.fixture
def gives(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
    """Has the system say that a folder belongs to a user."""
    known = os.stat

    def give(folder: Path, owner: int) -> None:
        def stat(path: Any, **how: Any) -> os.stat_result:
            found = known(path, **how)
            return os.stat_result((*found[:4], owner, *found[5:])) if path == folder else found

        monkeypatch.setattr(os, "stat", stat)

    return give


STRANGER = 12345


def test_a_folder_of_another_user(tmp_path: Path, gives: Callable[[Path, int], None]) -> None:
    """Is refused before anything is written, though nobody else can write there: its owner can."""
    gives(tmp_path, STRANGER)

    with pytest.raises(ConfigError, match="is another user's folder; choose another"):
        blocking(FileTokens(tmp_path / "tokens.json").save("a", TOKEN))


def test_a_folder_in_that_of_another_user(tmp_path: Path, gives: Callable[[Path, int], None]) -> None:
    """Is refused: they may put another one in its place."""
    gives(tmp_path, STRANGER)

    with pytest.raises(ConfigError, match=rf"lies in {tmp_path}, where its owner can move it; choose another folder"):
        blocking(FileTokens(tmp_path / "own" / "tokens.json").save("a", TOKEN))


@pytest.mark.parametrize("owner", [0, os.geteuid()])
def test_a_folder_in_ones_own_or_the_administrators(
    tmp_path: Path, gives: Callable[[Path, int], None], owner: int
) -> None:
    """Is well, as homes are."""
    gives(tmp_path, owner)
    store = FileTokens(tmp_path / "own" / "tokens.json")
    blocking(store.save("a", TOKEN))

    assert TOKEN == blocking(store.load("a"))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Is refused with the system's reason."""
    (tmp_path / "file").touch()
    store = FileTokens(tmp_path / "file" / "below" / "tokens.json")

    with pytest.raises(ConfigError, match="cannot be made: File exists; choose a folder to write into"):
        blocking(store.save("a", TOKEN))


def test_a_link_to_itself(tmp_path: Path) -> None:
    """Leads nowhere, and is refused with the system's reason."""
    tmp_path.chmod(0o700)
    (tmp_path / "tokens.json").symlink_to(tmp_path / "tokens.json")
    store = FileTokens(tmp_path / "tokens.json")

    for ask in (store.load("a"), store.save("a", TOKEN), store.exclusive("a", lambda: store.load("a"))):
        with pytest.raises(StoreError, match=f"cannot be read: {os.strerror(errno.ELOOP)}"):
            _ = blocking(ask)


def test_a_file_that_cannot_be_made(tmp_path: Path) -> None:
    """Likewise: a link lies where the lock would."""
    tmp_path.chmod(0o700)
    (tmp_path / "tokens.json.lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigError, match=f"cannot be written: {os.strerror(errno.ELOOP)}; choose another folder"):
        blocking(FileTokens(tmp_path / "tokens.json").save("a", TOKEN))
