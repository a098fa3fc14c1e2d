"""Every figure the project holds itself to, with everything on: retry, limiter, breaker, auth, logging hooks."""

from __future__ import annotations

from benchmarks.figures import Figure, Limit

FIGURES = (
    Figure(
        id="P1",
        figure="typed GET end to end, blocking, stock transport",
        base="httpx + raise_for_status + json + cattrs",
        limits=(Limit(of="call", must=0.78, goal=0.70),),
        rows="benchmarks.rows.p1_blocking",
    ),
    Figure(
        id="P2",
        figure="typed GET end to end, awaiting, stock transport",
        base="the same, awaiting",
        limits=(Limit(of="call", must=0.86, goal=0.78),),
        rows="benchmarks.rows.p2_awaiting",
    ),
    Figure(
        id="P3",
        figure="typed call on a null transport",
        base="httpx.Client.get on it",
        limits=(Limit(of="one id", must=0.40, goal=0.25), Limit(of="1,000 ids", must=0.40, goal=0.25)),
        rows="benchmarks.rows.p3_null",
    ),
    Figure(
        id="P4",
        figure="each further layer, nothing firing",
        base="absolute, per call, where httpx.Client.get on a null transport takes 72 us",
        limits=(
            Limit(of="blocking", must=0.7, goal=0.4, unit="us"),
            Limit(of="awaiting", must=0.7, goal=0.4, unit="us"),
        ),
        rows="benchmarks.rows.p4_layer",
    ),
    Figure(
        id="P5",
        figure="retry, happy path",
        base="tenacity decorator",
        limits=(Limit(of="call", must=0.10, goal=0.03),),
        rows="benchmarks.rows.p5_retry",
    ),
    Figure(
        id="P6",
        figure="limiter acquire, breaker, uncontended",
        base="aiolimiter, purgatory",
        limits=(Limit(of="limiter", must=1.2, goal=0.8), Limit(of="breaker", must=1.2, goal=0.8)),
        rows="benchmarks.rows.p6_admission",
    ),
    Figure(
        id="P7",
        figure="cache hit, RFC 9111",
        base="hishel hit",
        limits=(Limit(of="httpx.Response", must=0.25, goal=0.15), Limit(of="typed", must=0.2, goal=0.12)),
        missing="there is no cache yet",
    ),
    Figure(
        id="P8",
        figure="bytes to attrs and back, 1,000 objects",
        base="json + cattrs",
        limits=(Limit(of="list", must=0.30, goal=0.24), Limit(of="encoding", must=0.12, goal=0.12)),
        rows="benchmarks.rows.p8_models",
    ),
    Figure(
        id="P9",
        figure="importing, and process start to first typed answer",
        base="import httpx; httpx + attrs + cattrs + tenacity to the first answer",
        limits=(
            Limit(of="import restkit", must=0.10, goal=0.05),
            Limit(of="from restkit import Client", must=1.9, goal=1.5),
            Limit(of="first typed answer", must=1.0, goal=0.8),
        ),
        rows="benchmarks.rows.p9_start",
    ),
    Figure(
        id="P10",
        figure="the 2nd to the 100th client",
        base="httpx.Client()",
        limits=(Limit(of="CPU", must=0.01, goal=0.004), Limit(of="memory", must=0.02, goal=0.01)),
        rows="benchmarks.rows.p10_clients",
    ),
    Figure(
        id="P11",
        figure="100 pages of 100, 10 ms each, concurrency 16",
        base="sequential httpx",
        limits=(Limit(of="pages", must=8, goal=12, unit="times faster", at_least=True),),
        missing="there is no concurrent paging yet",
    ),
    Figure(
        id="P12",
        figure="4,000 gathered calls",
        base="httpx behind a FIFO gate of 10",
        limits=(Limit(of="calls", must=1.3, goal=1.0),),
        rows="benchmarks.rows.p12_gathered",
    ),
    Figure(
        id="P13",
        figure="a call with 10,000 tasks waiting at a limiter",
        base="1 task",
        limits=(Limit(of="call", must=1.5, goal=1.1),),
        rows="benchmarks.rows.p13_waiting",
    ),
    Figure(
        id="P14",
        figure="streamed download to a file, speed and memory growth",
        base="httpx iter_raw",
        limits=(
            Limit(of="speed", must=0.98, goal=0.98, at_least=True),
            Limit(of="memory", must=1, goal=1, unit="MiB"),
            Limit(of="memory at its largest", must=8, goal=4, unit="MiB"),
        ),
        rows="benchmarks.rows.p14_download",
    ),
    Figure(
        id="P15",
        figure="memory growth over 60 answers of 4 MB, garbage collector off",
        base="httpx, 240 MiB",
        limits=(Limit(of="blocking", must=8, goal=4, unit="MiB"), Limit(of="awaiting", must=8, goal=4, unit="MiB")),
        rows="benchmarks.rows.p15_growth",
    ),
    Figure(
        id="engine",
        figure="the engine and nine empty layers",
        base="absolute, per call, where httpx.Client.get on a null transport takes 72 us",
        limits=(
            Limit(of="blocking", must=2.5, goal=2.5, unit="us"),
            Limit(of="awaiting", must=2.5, goal=2.5, unit="us"),
        ),
        rows="benchmarks.rows.engine",
    ),
    Figure(
        id="auth",
        figure="a credential that is there",
        base="absolute, per call, where httpx.Client.get on a null transport takes 72 us",
        limits=tuple(
            Limit(of=f"{scheme}, {world}", must=1.0, goal=0.7, unit="us")
            for scheme in ("Bearer", "APIKey")
            for world in ("blocking", "awaiting")
        ),
        rows="benchmarks.rows.auth",
    ),
    Figure(
        id="W1",
        figure="typed GET end to end, blocking, own transport",
        base="httpx + raise_for_status + json + cattrs",
        limits=(Limit(of="call", must=0.30, goal=0.20),),
        rows="benchmarks.rows.w1_blocking",
    ),
    Figure(
        id="W2",
        figure="typed GET end to end, awaiting, own transport",
        base="the same, awaiting",
        limits=(Limit(of="call", must=0.30, goal=0.16),),
        rows="benchmarks.rows.w2_awaiting",
    ),
    Figure(
        id="W3",
        figure="typed GETs in 64 tasks, own transport",
        base="the same, in 64 tasks",
        limits=(Limit(of="call", must=0.12, goal=0.06),),
        rows="benchmarks.rows.w3_tasks",
    ),
    Figure(
        id="W4",
        figure="own transport under httpx.Client",
        base="httpx.Client.get",
        limits=(Limit(of="call", must=0.55, goal=0.55),),
        rows="benchmarks.rows.w4_under_client",
    ),
    Figure(
        id="W5",
        figure="own transport under httpx.AsyncClient",
        base="httpx.AsyncClient.get",
        limits=(Limit(of="call", must=0.45, goal=0.45),),
        rows="benchmarks.rows.w5_under_async_client",
    ),
    Figure(
        id="W6",
        figure="typed GETs a second, 100 tasks, 10 ms each",
        base="httpx, aiohttp, limits by default",
        limits=(
            Limit(of="over httpx", must=7, goal=7, unit="times faster", at_least=True),
            Limit(of="over aiohttp", must=0.8, goal=0.8, unit="times faster", at_least=True),
        ),
        rows="benchmarks.rows.w6_throughput",
    ),
    Figure(
        id="W7",
        figure="a call among 256 tasks",
        base="1 task",
        limits=(Limit(of="call", must=1.2, goal=1.2),),
        rows="benchmarks.rows.w7_many",
    ),
    Figure(
        id="W8",
        figure="200 MB download, own transport under httpx.Client",
        base="httpx.Client, iter_raw",
        limits=(
            Limit(of="speed", must=1.5, goal=1.5, at_least=True),
            Limit(of="memory", must=1, goal=1, unit="MiB"),
            Limit(of="memory at its largest", must=8, goal=4, unit="MiB"),
        ),
        rows="benchmarks.rows.w8_download",
    ),
    Figure(
        id="W9",
        figure="200 MB download, own transport under httpx.AsyncClient",
        base="httpx.AsyncClient, aiter_raw",
        limits=(
            Limit(of="speed", must=2.5, goal=2.5, at_least=True),
            Limit(of="memory", must=1, goal=1, unit="MiB"),
            Limit(of="memory at its largest", must=8, goal=4, unit="MiB"),
        ),
        rows="benchmarks.rows.w9_download_awaiting",
    ),
    Figure(
        id="W10",
        figure="200 MB upload, own transport under httpx.Client",
        base="httpx.Client",
        limits=(),
        rows="benchmarks.rows.w10_upload",
    ),
    Figure(
        id="W11",
        figure="200 MB upload, own transport under httpx.AsyncClient",
        base="httpx.AsyncClient",
        limits=(),
        rows="benchmarks.rows.w11_upload_awaiting",
    ),
)


class UnknownFigure(LookupError):
    """An id was asked for that the table does not have."""

    def __init__(self, id: str, known: tuple[str, ...]) -> None:
        """Take the unknown id and every known one."""
        super().__init__(f"no figure has the id {id!r}; there are: {', '.join(known)}")
        self.id = id
        self.known = known


def chosen(ids: tuple[str, ...], figures: tuple[Figure, ...] = FIGURES) -> tuple[Figure, ...]:
    """Find the figures asked for by id, or all of them without one."""
    known = {figure.id: figure for figure in figures}
    for asked in ids:
        if asked not in known:
            raise UnknownFigure(asked, tuple(known))
    return tuple(known[each] for each in dict.fromkeys(ids or known))
