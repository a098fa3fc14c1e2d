"""Where a figure was measured: processor, Python, and the versions of what was compared."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from attrs import frozen

PACKAGES = (
    *("restkit-httpx", "httpx", "httpcore", "httpx2", "httpcore2", "anyio", "attrs", "cattrs", "msgspec", "tenacity"),
    *("openai", "clientele", "api-client", "requests", "pydantic", "h11", "httptools", "aiohttp", "pyreqwest"),
)


@frozen
class Machine:
    """What a figure depends on besides the code."""

    cpu: str
    cores: int
    system: str
    python: str
    packages: dict[str, str]


def this_machine() -> Machine:
    """Describe the machine that runs this."""
    return Machine(
        cpu=cpu_model(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages={name: version for name in PACKAGES if (version := version_of(name))},
    )


def cpu_model() -> str:
    """Name the processor as the system does."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else ()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def version_of(package: str) -> str | None:
    """Say which version is installed, if any."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def resident() -> int:
    """Tell the bytes of memory this process holds now, by the kernel's count (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def forget_peak() -> None:
    """Have the kernel count this process's largest memory from now on (Linux)."""
    _ = Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """Tell the most bytes of memory this process held since the peak was forgotten (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
