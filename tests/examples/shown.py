"""What an error gives away."""

from __future__ import annotations

import pickle
import traceback


def everything_of(error: BaseException) -> str:
    """All that a log or another process may see of an error."""
    trace = "".join(traceback.format_exception(error, limit=0))
    return f"{error} {error!r} {error.__dict__!r} {trace} {pickle.dumps(error)!r}"
