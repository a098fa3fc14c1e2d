"""The SDKs of `examples/`, each against a server that is real, in the three worlds."""
