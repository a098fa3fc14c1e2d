"""Tokens in a file: only its owner's, whole or not at all, and never written over what is not understood."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from restkit.errors import ConfigError, RestkitError, StoreError
from restkit.stores import FileTokens
from restkit.stores.written import FORMAT, LARGEST
from tests.stores.running import CANARY, OTHER, TOKEN, blocking


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the tokens are to be, in a folder that is not there yet."""
    return tmp_path / "state" / "restkit" / "tokens.json"


@pytest.fixture
def store(path: Path) -> FileTokens:
    """A store with one token in it."""
    made = FileTokens(path)
    blocking(made.save("a", TOKEN))
    return made


def rights(path: Path) -> int:
    """What who may do with it."""
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_owner_can_read_it(store: FileTokens, path: Path) -> None:
    """Whatever this process allows others by default."""
    before = os.umask(0)
    try:
        blocking(store.save("b", OTHER))
    finally:
        _ = os.umask(before)

    assert 0o600 == rights(path)


def test_folders_are_made_for_their_owner(path: Path) -> None:
    """As far as they are not there."""
    before = os.umask(0)
    try:
        blocking(FileTokens(path).save("a", TOKEN))
    finally:
        _ = os.umask(before)

    assert [0o700, 0o700] == [rights(path.parent), rights(path.parent.parent)]


def test_nothing_is_left_beside_it(store: FileTokens, path: Path) -> None:
    """But the files that are locked, in which there is nothing."""
    blocking(store.save("b", OTHER))
    blocking(store.remove("a"))
    beside = [each for each in path.parent.iterdir() if each != path]

    assert [("tokens.json.lock", 0)] == [(each.name, each.stat().st_size) for each in beside]


def test_another_store_of_the_same_file(store: FileTokens, path: Path) -> None:
    """Has the same tokens."""
    assert TOKEN == blocking(FileTokens(str(path)).load("a"))
    assert store == FileTokens(str(path))


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        '{"api_key": "1234"}',
        '{"format": "restkit tokens 1"}',
        '{"format": "restkit tokens 2", "tokens": {}}',
        '{"format": "restkit tokens 1", "tokens": []}',
        '{"format": "restkit tokens 1", "tokens": {"a": null}}',
        '{"format": "restkit tokens 1", "tokens": {"a": {"kind": "Bearer"}}}',
        '{"format": "restkit tokens 1", "tokens": {"a": {"value": 7}}}',
        "[" * 100_000,
        "\xff",
        "\0" * 100,
        " " * (LARGEST + 1),
    ],
    ids=range(15),
)
def test_what_is_not_understood_is_left_as_it_is(store: FileTokens, path: Path, content: str) -> None:
    """Be it broken, or a file of something else."""
    path.write_bytes(content.encode("latin-1"))
    for ask in (store.load("a"), store.save("a", OTHER), store.remove("a")):
        with pytest.raises(StoreError, match=r"tokens\.json"):
            _ = blocking(ask)

    assert content == path.read_text("latin-1")


def test_what_is_broken_is_not_shown(store: FileTokens, path: Path) -> None:
    """By an error, or what it came from."""
    path.write_text(path.read_text()[:-40])
    with pytest.raises(StoreError) as caught:
        _ = blocking(store.load("a"))

    assert (False, None) == (CANARY in repr(caught.value), caught.value.__cause__)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o610, 0o601])
def test_a_file_that_others_can_use(store: FileTokens, path: Path, mode: int) -> None:
    """Is refused: what is in it may be known."""
    path.chmod(mode)
    for ask in (store.load("a"), store.save("a", OTHER)):
        with pytest.raises(ConfigError, match=r"can be read by others; chmod 600 .*revoked"):
            _ = blocking(ask)


def test_a_file_of_another_user(store: FileTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused: they may have put a token of theirs in it."""
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)

    with pytest.raises(ConfigError, match="belongs to another user"):
        _ = blocking(store.load("a"))


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file(path: Path, kind: str) -> None:
    """Is refused, and nobody waits for it."""
    path.parent.mkdir(parents=True, mode=0o700)
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)

    with pytest.raises(StoreError, match=r"tokens\.json"):
        _ = blocking(FileTokens(path).load("a"))


def test_a_link_leads_to_the_file(tmp_path: Path, store: FileTokens, path: Path) -> None:
    """That is changed, and the link stays."""
    link = tmp_path / "link.json"
    link.symlink_to(path)
    blocking(FileTokens(link).save("b", OTHER))

    assert (True, OTHER) == (link.is_symlink(), blocking(store.load("b")))


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_a_full_disk_leaves_the_file_as_it_was(
    store: FileTokens, path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """And nothing beside it."""
    really = os.open

    def full(*words: Any, **more: Any) -> Any:
        if step == "open" and not str(words[0]).endswith(".new"):
            return really(*words, **more)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(StoreError, match=r"tokens\.json cannot be written: No space left on device"):
        blocking(store.save("a", OTHER))
    monkeypatch.undo()

    assert (TOKEN, []) == (blocking(store.load("a")), list(path.parent.glob("*.new")))


def test_a_folder_that_cannot_be_synced(store: FileTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some systems know no such thing: the token is kept all the same."""
    really = os.fsync

    def sync(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        really(file)

    monkeypatch.setattr(os, "fsync", sync)
    blocking(store.save("b", OTHER))

    assert OTHER == blocking(store.load("b"))


def test_what_a_process_left_that_died_is_removed(store: FileTokens, path: Path) -> None:
    """It has secrets in it."""
    left = path.with_name(f"{path.name}.0123.new")
    left.write_text(CANARY)
    blocking(store.save("b", OTHER))

    assert not left.exists()


def test_a_file_is_json_that_says_what_it_is(store: FileTokens, path: Path) -> None:
    """For whoever finds it."""
    blocking(store.remove("a"))

    assert {"format": FORMAT, "tokens": {}} == json.loads(path.read_text())


def test_errors_show_no_secret(store: FileTokens, path: Path) -> None:
    """Whatever is wrong with the file."""
    shown: list[str] = []
    for spoil in (lambda: path.chmod(0o644), lambda: path.write_text(f'{{"{CANARY}": "{CANARY}"}}')):
        spoil()
        with pytest.raises(RestkitError) as caught:
            blocking(store.save("b", OTHER))
        shown.append(f"{caught.value!r} {caught.value.__dict__} {caught.value.__cause__!r}")
        path.chmod(0o600)

    assert [False, False] == [CANARY in each for each in shown]
