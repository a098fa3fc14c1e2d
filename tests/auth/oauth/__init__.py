"""The grants of OAuth 2, by what they send and what they make of the answers."""
