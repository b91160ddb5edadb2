"""Requests to a literature source: evenly paced, patient with its faults, bounded, and to that source alone.

A reply counts only once it is whole and its reader has accepted it; until then the same is asked again, after pauses
that double. Nothing found in a reply is ever followed, but for a redirection within the same server.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from ingest.errors import ImmunoragError, SourceAway

if TYPE_CHECKING:
    import httpx

__all__ = ["CLOCK", "PATIENCE", "BadReply", "Client", "Clock", "Pace", "Patience", "Refused", "checked_url"]

_BUSY = (408, 425, 429, 500, 502, 503, 504)
_MOVED = (301, 302, 303, 307, 308)
_REDIRECTIONS = 3
_LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
_log = logging.getLogger(__name__)

T = TypeVar("T")


class BadReply(Exception):
    """A reply that cannot be what the source means to say, so that it is asked again; the message is a clause."""


class Refused(SourceAway):
    """The source will not answer this, however often it is asked; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Clock:
    """How time passes: seconds that only grow, seconds since 1970, waiting."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a source is waited for: `tries` of the same request, `first` seconds after the first, then twice as
    many each time up to `longest`, which holds for what the source asks for (`Retry-After`), too.

    A reply may pause for `silence` seconds, take `whole` seconds and hold `most` bytes, unpacked.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    silence: float = 30.0
    whole: float = 180.0
    most: int = 64 << 20


PATIENCE, CLOCK = Patience(), Clock()


class Pace:
    """At most `rate` requests a second, evenly spaced: in any second there are no more, wherever it begins."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self._gap, self._clock = 1.05 / rate, clock  # a twentieth more, for the network shifts requests
        self._next = float("-inf")

    def wait(self) -> None:
        now = self._clock.monotonic()
        if now < self._next:
            self._clock.sleep(self._next - now)
        self._next = max(now, self._next) + self._gap


class Client:
    """Asks the source `name` at `url`, `rate` times a second at most. Close it.

    Raises ImmunoragError where `url` is not one that may be asked (see `checked_url`).
    """

    def __init__(
        self, name: str, url: str, rate: float, *, patience: Patience | None = None, clock: Clock | None = None
    ) -> None:
        self.name, self._url = name, checked_url(name, url)
        self._patience, self._clock = patience or PATIENCE, clock or CLOCK
        self._pace = Pace(rate, self._clock)
        self._opened: httpx.Client | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._opened.close()

    def ask(
        self, path: str, parameters: Mapping[str, str], accept: Callable[[bytes], T], *, in_body: bool = False
    ) -> T:
        """What `accept` makes of the reply to `path`; where it raises BadReply, the same is asked again.

        `in_body` sends the parameters by POST, so that they stand in no URL and thus in no log. Raises SourceAway when
        patience is at its end, and Refused at once where the source will not answer.
        """
        why, after, silent = "", None, False
        for attempt in range(self._patience.tries):
            if attempt:
                self._rest(attempt, why, after)
            try:
                return accept(self._reply(path, parameters, in_body))
            except _Busy as problem:
                why, after, silent = str(problem), problem.after, problem.silent
            except BadReply as problem:
                why, after, silent = str(problem), None, False
        if silent:
            raise SourceAway(f"{self.name} cannot be reached ({why}); check the network, or try again later")
        raise SourceAway(f"{self.name} gives no answer that can be used ({why}); try again later")

    def _rest(self, attempt: int, why: str, after: float | None) -> None:
        """Pause before the next try: as long as the source asks, else twice as long as last time, with jitter so that
        many of us do not come back at once."""
        most = self._patience.longest
        pause = min(self._patience.first * 2 ** (attempt - 1), most) * random.uniform(0.5, 1.0)  # noqa: S311
        if after is not None:
            pause = max(pause, min(after, most))
        if attempt == 1:
            _log.info("%s does not answer as it should (%s); trying again", self.name, why)
        self._clock.sleep(pause)

    def _reply(self, path: str, parameters: Mapping[str, str], in_body: bool) -> bytes:
        """The body of one whole reply. Raises _Busy or Refused."""
        import httpx

        if self._opened is None:
            self._opened = httpx.Client(headers={"User-Agent": _agent()}, timeout=self._patience.silence)
        url = httpx.URL(f"{self._url}/{path}", params=None if in_body else dict(parameters))
        method, data = ("POST", dict(parameters)) if in_body else ("GET", None)
        try:
            for _ in range(_REDIRECTIONS + 1):
                self._pace.wait()
                with self._opened.stream(method, url, data=data) as reply:
                    if reply.status_code not in _MOVED:
                        return self._body(reply)
                    url = self._moved(reply, in_body)
        except (httpx.TransportError, httpx.DecodingError) as error:
            lines = str(error).splitlines()
            raise _Busy(lines[0][:200] if lines else type(error).__name__, silent=True) from error
        except httpx.InvalidURL as error:
            raise Refused(f"{self.name} sends us to an address that is none; try again later", 302) from error
        raise Refused(f"{self.name} sends us in circles; try again later", 302)

    def _body(self, reply: httpx.Response) -> bytes:
        status = reply.status_code
        if status in _BUSY:
            raise _Busy(f"HTTP {status}", self._after(reply.headers.get("Retry-After", "")))
        begun, body = self._clock.monotonic(), bytearray()
        for block in reply.iter_bytes():
            body += block
            if len(body) > self._patience.most:
                raise Refused(
                    f"{self.name} sends more than {self._patience.most >> 20} MB at once, which no paper is", status
                )
            if self._clock.monotonic() - begun > self._patience.whole:
                raise _Busy(f"a reply that took longer than {self._patience.whole:g} s")
        if status != 200 and b"API key" in body:  # the rest of what it says may hold the key
            raise Refused(f"{self.name} does not accept the key; check NCBI_API_KEY", 401)
        if status != 200:
            hint = "the syntax of the query" if status in (400, 414) else "the address"
            raise Refused(f"{self.name} refuses what we ask for (HTTP {status}); check {hint}", status)
        return bytes(body)

    def _moved(self, reply: httpx.Response, in_body: bool) -> httpx.URL:
        """Where a redirection leads. Raises Refused where that is another server, or an unguarded way to this one."""
        there = reply.url.join(reply.headers.get("Location", ""))
        same = (there.scheme, there.host, there.port) == (reply.url.scheme, reply.url.host, reply.url.port)
        guarded = there.scheme == "https" and there.host == reply.url.host and there.port is None
        if not (same or guarded) or (in_body and reply.status_code not in (307, 308)):
            raise Refused(f"{self.name} sends us elsewhere, where we do not go; check the address", reply.status_code)
        return there

    def _after(self, header: str) -> float | None:
        """The seconds that `Retry-After` asks for, itself or as a date; None where it asks for nothing."""
        try:
            if header.strip().isdecimal():
                return float(header)
            date = parsedate_to_datetime(header)
            return max((date - datetime.fromtimestamp(self._clock.now(), UTC)).total_seconds(), 0.0)
        except (TypeError, ValueError):
            return None


class _Busy(Exception):
    """No answer now; `after` is how many seconds the source asks us to wait, `silent` that nothing came from it."""

    def __init__(self, why: str, after: float | None = None, *, silent: bool = False) -> None:
        super().__init__(why)
        self.after, self.silent = after, silent


def checked_url(name: str, url: str) -> str:
    """The address of a source, without a slash at its end: https, or http on this machine; no password, no query.

    Raises ImmunoragError.
    """
    try:
        parts = urlsplit(url.strip())
        guarded = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        usable = guarded and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise ImmunoragError(f"the address of {name} must be https://…, without a password or a query; mend it")
    return url.strip().rstrip("/")


def _agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"immunorag/{version('immunorag')}"
    except PackageNotFoundError:
        return "immunorag"
