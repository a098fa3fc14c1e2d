"""What schemes with tokens stand on: token requests and their answers, and the life of a token between them."""

from restkit.tokens.scheme import TokenScheme

__all__ = ["TokenScheme"]
