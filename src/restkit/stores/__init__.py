"""Where tokens outlive the program, or are shared by several."""

from restkit.stores.file import FileTokens
from restkit.stores.keyring import KeyringTokens
from restkit.stores.memory import MemoryTokens

__all__ = ["FileTokens", "KeyringTokens", "MemoryTokens"]
