"""What carries requests: connections, pools and TLS. Each part is loaded when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from restkit.wire.pools import PerLoop
    from restkit.wire.stock import Stock
    from restkit.wire.tls import InsecureWarning, Tls, tls_context
    from restkit.wire.transport import WireTransport

_HOMES = {
    "InsecureWarning": "tls",
    "PerLoop": "pools",
    "Stock": "stock",
    "Tls": "tls",
    "WireTransport": "transport",
    "tls_context": "tls",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's way to load a part when it is first used
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = ["InsecureWarning", "PerLoop", "Stock", "Tls", "WireTransport", "tls_context"]
