"""A Chroma server that keeps vectors instead of the library's folder: where it is, and patience with it.

A server that does not answer is no broken index: it is asked again a few times, then whoever asked is told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from ingest.errors import LibraryError, ServerAway

__all__ = ["Server"]

PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds between one request that was not answered and the next."""

_LONGEST = 60.0  # seconds after which nothing is asked again
_CONNECT, _ANSWER = 5.0, 60.0  # seconds that one request may take
_BUSY = (408, 425, 429, 502, 503, 504)
_REFUSED = (401, 403)
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Server:
    """`url` without a slash at its end; `token` goes into the headers of requests, and nowhere else."""

    url: str
    token: str | None = field(default=None, repr=False)

    @staticmethod
    def at(url: str, token: str | None = None) -> Server:
        """The server at `url`: http or https, a host, and where needed port and path. Raises LibraryError."""
        try:
            parts = urlsplit(url.strip())
            secret, usable = "@" in url, parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            secret, usable = "@" in url, False
        if secret:
            raise LibraryError("chroma_url must hold no name or password; set IMMUNORAG_CHROMA_TOKEN instead")
        if not usable or parts.query or parts.fragment:
            raise LibraryError(f"chroma_url is {url!r}; it must be like http://127.0.0.1:8000")
        return Server(url.strip().rstrip("/"), token or None)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Chroma-Token": self.token} if self.token else {}

    @property
    def timeouts(self) -> dict[str, float]:
        """Seconds, as httpx names them."""
        return {"timeout": _ANSWER, "connect": _CONNECT}

    def answers(self) -> None:
        """Raise ServerAway unless a Chroma server answers."""
        import httpx

        def heartbeat() -> bool:
            found = httpx.get(
                f"{self.url}/api/v2/heartbeat", headers=self.headers, timeout=httpx.Timeout(**self.timeouts)
            )
            found.raise_for_status()
            return "nanosecond heartbeat" in found.json()

        try:
            chroma = self.ask(heartbeat)
        except (httpx.HTTPError, ValueError):
            chroma = False
        if not chroma:
            raise ServerAway(f"what answers at {self.url} is no Chroma server of version 1; check chroma_url")

    def ask(self, call: Callable[[], T]) -> T:
        """What `call` returns, which may be called again; raises ServerAway where the server gives no answer to it."""
        begun = time.monotonic()
        for pause in (*PAUSES, None):
            try:
                return call()
            except Exception as error:
                refused, away = _judged(error)
                if refused:
                    raise ServerAway(
                        f"the Chroma server at {self.url} refuses us; set IMMUNORAG_CHROMA_TOKEN to its token"
                    ) from error
                if not away:
                    raise
                if pause is None or time.monotonic() - begun > _LONGEST:
                    raise self._away(away) from error
                if pause == PAUSES[0]:
                    _log.warning("the Chroma server at %s does not answer (%s); trying again", self.url, away)
                time.sleep(pause)
        raise AssertionError

    def _away(self, why: str) -> ServerAway:
        parts = urlsplit(self.url)
        start = f"chroma run --host {parts.hostname} --port {parts.port or 80} --path FOLDER"
        remedy = f"start it with: {start}" if parts.scheme == "http" else "see that it runs and can be reached"
        return ServerAway(f"the Chroma server at {self.url} does not answer ({why}); {remedy}")


def _judged(error: BaseException) -> tuple[bool, str]:
    """Whether a server refused us, and why it is away, "" where it is not; Chroma wraps what httpx raises."""
    import httpx

    for cause in _causes(error):
        if isinstance(cause, httpx.HTTPStatusError):
            status = cause.response.status_code
            return status in _REFUSED, f"HTTP {status}" if status in _BUSY else ""
        if isinstance(cause, httpx.TransportError):
            return False, str(cause).splitlines()[0] if str(cause) else type(cause).__name__
        if type(cause).__name__ in {"ChromaAuthError", "AuthorizationError"}:
            return True, ""
        if type(cause).__name__ == "RateLimitError":
            return False, "too many requests"
    return False, ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
