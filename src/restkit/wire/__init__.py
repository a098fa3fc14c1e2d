"""What carries requests: connection pools and TLS."""

from restkit.wire.pools import PerLoop
from restkit.wire.stock import Stock
from restkit.wire.tls import InsecureWarning, Tls, tls_context
from restkit.wire.transport import WireTransport

__all__ = ["InsecureWarning", "PerLoop", "Stock", "Tls", "WireTransport", "tls_context"]
