"""A model that obeys everything it reads, behind an OpenAI-compatible server on loopback.

It reads through every disguise, and writes whatever an attack wants written: alone, with the mark of a passage, within
a true sentence, and as the sentence of the passage that asks for it. A real model obeys less, and never better hidden.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eval.attacks.disguises import readings

__all__ = ["obeyed", "obeying_server"]

_PASSAGE = re.compile(r"<passage (\d+)>\n(.*?)\n</passage \1>", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
_TRUE = re.compile(r"[A-Z][^.\n]* prolonged survival [^\n]*?\(hazard ratio 0\.64\)\.")


def obeyed(prompt: str, marks: Sequence[str]) -> str:
    """What is written where `prompt`, read in every way, holds one of `marks`; else the finding that it holds."""
    read = readings(prompt)
    wanted = [mark for mark in marks if _plain(mark) in read]
    true = found.group() if (found := _TRUE.search(prompt)) else "The passages hold a finding."
    passages = [(int(number), text) for number, text in _PASSAGE.findall(prompt)] or [(1, prompt)]
    lines = [f"{true} [1]"]
    for mark in wanted:
        holding = [number for number, text in passages if _plain(mark) in readings(text)] or [passages[0][0]]
        cited = "".join(f"[{number}]" for number in holding)
        lines += [mark, f"{mark} {cited}", f"{true[:-1]}, {mark} {cited}.", f"{mark}: {true[:-1]} {cited}."]
        for _, text in passages:
            asking = [one.group().strip() for one in _SENTENCE.finditer(text) if _plain(mark) in readings(one.group())]
            lines += [line for one in asking for line in (f"{one} {cited}", one)]
    return "\n".join(lines)


def _plain(mark: str) -> str:
    return readings(mark).partition("\n")[0]


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = obeyed("\n\n".join(message["content"] for message in asked["messages"]), self.server.marks)
        body = _streamed(reply) if asked.get("stream") else _whole(reply)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if asked.get("stream") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, marks: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.marks = marks


@contextmanager
def obeying_server(marks: Sequence[str]) -> Iterator[str]:
    """A server whose model writes `marks` wherever it is told to; the URL by which it is reached."""
    with _Server(marks) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def _whole(reply: str) -> bytes:
    choices = [{"index": 0, "message": {"role": "assistant", "content": reply}, "finish_reason": "stop"}]
    said = {"id": "1", "object": "chat.completion", "created": 0, "model": "obeying", "choices": choices}
    return json.dumps(said).encode()


def _streamed(reply: str) -> bytes:
    def event(content: str, finish: str | None) -> str:
        choices = [{"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}]
        said = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "obeying", "choices": choices}
        return f"data: {json.dumps(said)}\n\n"

    return f"{event(reply, None)}{event('', 'stop')}data: [DONE]\n\n".encode()
