"""The web server of the page: on this machine unless asked otherwise, behind passwords elsewhere, quiet about itself.

Uvicorn runs the app itself, and not Gradio's `launch`, for three reasons: every reply can carry a policy that keeps the
browser from asking anybody else, uploads are counted before they are written, and Ctrl-C ends what goes on in order.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ingest.errors import ImmunoragError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ingest.sources.found import Source
    from ui.page.desk import Desk
    from ui.page.passwords import Passwords

__all__ = ["is_here", "listening", "serve"]

_LARGEST_FILE = 200 << 20  # bytes; a bomb is small until it is opened, which the readers see to
_LARGEST_REQUEST = 1 << 30
_PATIENCE = 5  # seconds that replies under way are waited for at the end
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)


def is_here(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises ImmunoragError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        remedy = "choose another with --port" if port else "name an address of this machine with --host"
        raise ImmunoragError(f"cannot listen on {host}, port {port} ({error.strerror or error}); {remedy}") from error
    return listener


def serve(
    desk: Desk,
    literature: Callable[[], AbstractContextManager[Source]],
    listener: socket.socket,
    passwords: Passwords | None = None,
) -> None:
    """Serve the page until Ctrl-C. The library is opened as soon as the first visitor can be answered."""
    import uvicorn

    with tempfile.TemporaryDirectory(prefix="immunorag-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # where uploads lie until they are read
        app = _app(desk, literature, passwords)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_PATIENCE
        )
        uvicorn.Server(config).run(sockets=[listener])


def _app(desk: Desk, literature: Callable[[], AbstractContextManager[Source]], passwords: Passwords | None) -> ASGIApp:
    import gradio as gr
    from fastapi import FastAPI

    from ui.app import build
    from ui.page.theme import head, theme

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        desk.start()
        yield

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    mounted = gr.mount_gradio_app(
        app, build(desk, literature), path="/", auth=passwords, auth_message=None, max_file_size=_LARGEST_FILE,
        show_error=False, run_history=False, footer_links=[], ssr_mode=False, enable_monitoring=False, pwa=False,
        mcp_server=False, app_kwargs={"openapi_url": None}, theme=theme(), head=head(),
    )  # fmt: skip
    return _Guarded(mounted)


class _Guarded:
    """Every reply carries our headers; a request that is too large is refused before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > _LARGEST_REQUEST:
            await send({"type": "http.response.start", "status": 413, "headers": list(_HEADERS)})
            await send({"type": "http.response.body", "body": b"too large"})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in _HEADERS}
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in ours]
                message = {**message, "headers": [*kept, *_HEADERS]}
            await send(message)

        await self._app(scope, receive, guarded)
