"""restkit's transport in other clients, httpx's own and openai's: `python examples/httpx_transport.py`.

It starts the server that it asks, so it runs anywhere. openai runs on httpx2, so here `import httpx` has to mean httpx2
before anything imports it; a program on httpx needs neither that line nor the order of imports that follows from it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
from typing_extensions import override

httpx2.alias_httpx()

import httpx  # noqa: E402 - it means httpx2 from here on
import openai  # noqa: E402 - on httpx2
from openai.types.chat import ChatCompletionUserMessageParam  # noqa: E402 - likewise

from restkit import TruncatedBody, WireFacts, WireTransport  # noqa: E402 - on httpx, and so on httpx2

MODEL = "parrot-1"
QUESTION: ChatCompletionUserMessageParam = {"role": "user", "content": "Who is a clever bird?"}


def known(response: httpx.Response) -> str:
    """What the transport knows of an answer, in words."""
    facts: WireFacts = response.extensions["restkit.wire"]
    way = "connection used again" if facts.reused else f"connected in {milliseconds(facts.times.connect)}"
    first = milliseconds(facts.times.first_byte)
    return f"{way}, first byte in {first}, {facts.bytes_sent} bytes sent, {facts.bytes_received} received"


def milliseconds(seconds: float | None) -> str:
    """Seconds, as one reads short ones."""
    return "no time" if seconds is None else f"{seconds * 1000:.2f} ms"


def plain(address: str) -> None:
    """Ask twice over one connection; then for a body of which the end is missing."""
    with httpx.Client(base_url=address, transport=WireTransport()) as client:
        for _ in range(2):
            response = client.get("/poem")
            print(f"httpx: {len(response.content)} bytes of a poem; {known(response)}")
        try:
            _ = client.get("/torn")
        except httpx.ReadError as error:  # TruncatedBody is one of them
            print(f"httpx: {type(error).__name__}, {error}; as restkit's error: {isinstance(error, TruncatedBody)}")


async def plain_awaiting(address: str) -> None:
    """Ask at once over as many connections as may be open."""
    two = WireTransport(limits=httpx.Limits(max_connections=2))
    async with httpx.AsyncClient(base_url=address, transport=two) as client:
        responses = await asyncio.gather(*(client.get("/poem") for _ in range(8)))
        again = sum(each.extensions["restkit.wire"].reused for each in responses)
        print(f"httpx, awaiting: 8 answers at once, {again} of them over a connection used again")


def parrot(address: str) -> None:
    """Have openai ask twice over one connection."""
    transport = httpx.Client(transport=WireTransport(max_response_bytes=1_000_000))
    with openai.OpenAI(api_key="none", base_url=f"{address}/v1", http_client=transport) as client:
        for _ in range(2):
            raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=[QUESTION])
            print(f"openai: {raw.parse().choices[0].message.content!r}; {known(raw.http_response)}")


async def parrot_awaiting(address: str) -> None:
    """Have it stream an answer."""
    transport = httpx.AsyncClient(transport=WireTransport())
    async with openai.AsyncOpenAI(api_key="none", base_url=f"{address}/v1", http_client=transport) as client:
        stream = await client.chat.completions.create(model=MODEL, messages=[QUESTION], stream=True)
        said = [part.choices[0].delta.content or "" async for part in stream]
        print(f"openai, awaiting: {''.join(said)!r} in {len(said)} parts; {known(stream.response)}")


class Api(BaseHTTPRequestHandler):
    """A poem, half a poem, and a model that repeats what it hears."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer in gzip, with the end or without."""
        poem = gzip.compress(b"the same line again\n" * 100)
        self.say("text/plain", poem if self.path == "/poem" else poem[:-9], "gzip")

    def do_POST(self) -> None:
        """Repeat the last message: at once, or word by word."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = asked["messages"][-1]["content"].split(" ")
        if asked.get("stream"):
            parts = [chunk("delta", word if at == 0 else f" {word}") for at, word in enumerate(words)]
            events = "".join(f"data: {json.dumps(part)}\n\n" for part in parts) + "data: [DONE]\n\n"
            self.say("text/event-stream", events.encode())
        else:
            self.say("application/json", json.dumps(chunk("message", " ".join(words))).encode())

    def say(self, kind: str, body: bytes, coding: str = "identity") -> None:
        """Send an answer."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        _ = self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Write no log."""


def chunk(kind: str, content: str) -> dict[str, Any]:
    """An answer of the model's, or a part of one."""
    choice = {"index": 0, "finish_reason": "stop", kind: {"role": "assistant", "content": content}}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]}


@contextmanager
def serving() -> Iterator[str]:
    """Let the API run as long as it is used in a `with`: its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    with serving() as there:
        plain(there)
        asyncio.run(plain_awaiting(there))
        parrot(there)
        asyncio.run(parrot_awaiting(there))
