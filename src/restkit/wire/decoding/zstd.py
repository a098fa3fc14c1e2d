"""zstd (RFC 8878), by Python's own module (3.14) or its backport."""

from __future__ import annotations

import functools

from restkit.wire.decoding.members import Format
from restkit.wire.decoding.packages import Load, loaded

WINDOW_LOG = 23
"""The largest window, as a power of two: 8 MiB, which no sender may exceed in HTTP (RFC 9659, section 3)."""


@functools.cache
def zstd(load: Load) -> Format | None:
    """The coding `zstd`: any number of frames. None if neither module is installed."""
    for module in loaded(load, "compression.zstd", "backports.zstd"):
        make, window = module.ZstdDecompressor, module.DecompressionParameter.window_log_max
        begin = functools.partial(make, options={window: WINDOW_LOG})
        return Format("zstd", begin, module.ZstdError, has_several=True)
    return None
