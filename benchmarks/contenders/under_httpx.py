"""The transport that is measured, under a plain httpx client."""

from __future__ import annotations

from functools import partial

from benchmarks.contenders import plain
from benchmarks.contenders.plain import Opener
from benchmarks.contenders.restkit_sdk import save
from benchmarks.contenders.subject import Wire

__all__ = ["save"]

bare: Opener = partial(plain.bare, transport=Wire)
bare_awaiting: Opener = partial(plain.bare_awaiting, transport=Wire)
download: Opener = partial(plain.download, transport=Wire)
download_awaiting: Opener = partial(plain.download_awaiting, transport=Wire)
upload: Opener = partial(plain.upload, transport=Wire)
upload_awaiting: Opener = partial(plain.upload_awaiting, transport=Wire)
