"""A keyring as the tests have it: it lies in memory, and fails when it is told to."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from typing_extensions import override


class Drawer(KeyringBackend):
    """Keeps passwords in a dictionary. What `failure` is set to is raised instead."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None

    def _kept(self) -> dict[tuple[str, str], str]:
        if self.failure is not None:
            raise self.failure
        return self.kept

    @override
    def get_password(self, service: str, username: str) -> str | None:
        """Read."""
        return self._kept().get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        """Write."""
        self._kept()[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        """Remove."""
        del self._kept()[service, username]
