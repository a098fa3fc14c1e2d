"""Functions that are tried again, or called so often and no more."""
