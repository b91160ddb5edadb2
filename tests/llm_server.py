"""An OpenAI-compatible server on loopback that plays what real ones do, good and bad, reply by reply."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Exchange"], None]


class Exchange(BaseHTTPRequestHandler):
    """One request and its reply, in chunks as streaming servers send them."""

    protocol_version = "HTTP/1.1"
    server: LLMServer

    def do_POST(self) -> None:
        self.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.asked)
        self.server.keys.append(self.headers.get("Authorization", ""))
        replies = self.server.replies
        with suppress(ConnectionError):  # who asked may have gone
            (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def event(self, content: Any) -> None:
        self.send(b"data: " + (content if isinstance(content, bytes) else json.dumps(content).encode()) + b"\n\n")

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        pass


class LLMServer(ThreadingHTTPServer):
    """Gives `replies` one after the other, the last one for good; keeps what it was `asked`, and with which `keys`."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.replies, self.asked, self.keys = list(replies), list[dict[str, Any]](), list[str]()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def llm_server(*replies: Reply) -> Iterator[LLMServer]:
    with LLMServer(*replies) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()


def chunk(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "small", "choices": [choice], **more}


def says(text: str, *, pieces: int = 7, usage: tuple[int, int] | None = None) -> Reply:
    """A good reply, whole or streamed as it was asked for, in pieces of that many characters."""
    told = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)} if usage else None

    def reply(exchange: Exchange) -> None:
        if not exchange.asked.get("stream"):
            return whole(text)(exchange)
        exchange.begin()
        for start in range(0, len(text), pieces):
            exchange.event(chunk(text[start : start + pieces]))
        exchange.event(chunk("", "stop"))
        if told:
            exchange.event(chunk("", choices=[], usage=told))
        exchange.event(b"[DONE]")
        return exchange.end()

    return reply


def whole(text: str) -> Reply:
    """A good reply of a server that does not stream, whatever it was asked for."""
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "small", "choices": choices}
    return sends(json.dumps(body).encode(), kind="application/json")


def sends(body: bytes, *, kind: str = "text/event-stream") -> Reply:
    def reply(exchange: Exchange) -> None:
        exchange.begin(kind=kind)
        exchange.send(body)
        exchange.end()

    return reply


def fails(status: int, message: str = "no", *, code: str | None = None, **headers: str) -> Reply:
    def reply(exchange: Exchange) -> None:
        exchange.begin(status, "application/json", **headers)
        exchange.send(json.dumps({"error": {"message": message, "type": "error", "code": code}}).encode())
        exchange.end()

    return reply


def echoes_the_key(exchange: Exchange) -> None:
    """401 as some gateways word it: with the key that was refused."""
    fails(401, f"Incorrect API key provided: {exchange.headers['Authorization']}")(exchange)


def is_silent(exchange: Exchange) -> None:
    """Takes the request and says nothing until the test is over."""
    exchange.server.over.wait(30)
    exchange.close_connection = True


def stalls(exchange: Exchange) -> None:
    """Begins to write, then says nothing more."""
    exchange.begin()
    exchange.event(chunk("Pembrolizumab "))
    is_silent(exchange)


def breaks_off(exchange: Exchange) -> None:
    """Begins to write, then drops the connection in the middle of a chunk."""
    exchange.begin()
    exchange.event(chunk("Pembrolizumab improved "))
    exchange.wfile.write(b"400\r\ndata: {")
    exchange.close_connection = True


def hangs_up(exchange: Exchange) -> None:
    """Drops the connection without a word."""
    exchange.close_connection = True


def runs_on(text: str) -> Reply:
    """Streams `text` again and again until the reader has had enough."""

    def reply(exchange: Exchange) -> None:
        exchange.begin()
        until = time.monotonic() + 30
        while time.monotonic() < until and not exchange.server.over.is_set():
            exchange.event(chunk(text))

    return reply
