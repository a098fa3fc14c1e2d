"""What carries requests: connection pools and TLS."""

from restkit.wire.pools import PerLoop
from restkit.wire.stock import Stock
from restkit.wire.tls import InsecureWarning, tls_context

__all__ = ["InsecureWarning", "PerLoop", "Stock", "tls_context"]
