"""What schemes of authentication stand on: the class they begin with, secrets, tokens, and where those may go."""

from restkit.credentials.scheme import Scheme
from restkit.credentials.secret import EnvVar, Value
from restkit.credentials.store import TokenStore
from restkit.credentials.token import Token

__all__ = ["EnvVar", "Scheme", "Token", "TokenStore", "Value"]
