"""Why a chat model did not answer, in words that hold nothing of what the server said: it may repeat the key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from rag.models import key_variable, model_name, provider_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Failure", "judged"]

_BUSY = (408, 409, 425)


class Failure(Exception):
    """A try that gave nothing to use; `reason` is a clause.

    `again` says whether one more may help, `wait` how many seconds the server asks for before it, and `whole` that it
    had better not stream: a server that cannot looks like one that says nothing.
    """

    def __init__(self, reason: str, *, again: bool = True, wait: float | None = None, whole: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.again, self.wait, self.whole = reason, again, wait, whole


def judged(error: Exception, chat_model: BaseChatModel) -> Failure:
    """What `error`, raised by `chat_model`, means. Providers' own kinds are known by LangChain's, or by HTTP status."""
    from langchain_core import exceptions as langchain

    if isinstance(error, langchain.ContextOverflowError):
        return _too_long()
    status = _status(error)
    if status is not None:
        return _of_status(status, error, chat_model)
    if isinstance(error, langchain.ModelTimeoutError) or _is_called(error, "Timeout"):
        return Failure("timed out")
    if _is_called(error, "ReadError", "WriteError", "ProtocolError", "ConnectionReset"):
        return Failure("the connection broke off")
    if isinstance(error, langchain.ModelConnectionError | ConnectionError) or _is_called(error, "ConnectError"):
        return Failure("its server cannot be reached")
    if isinstance(error, langchain.ModelError) and not error.is_retryable:
        return Failure(f"refuses the request ({type(error).__name__})", again=False)
    return Failure("sent what cannot be read", whole=True)


def _of_status(status: int, error: Exception, chat_model: BaseChatModel) -> Failure:
    variable = key_variable(chat_model)
    where = f"in {variable}" if variable else "of its provider"
    match status:
        case 401:
            return Failure(f"refuses the key; set a valid one {where}", again=False)
        case 402:
            return Failure("its account has no credit left", again=False)
        case 403:
            return Failure(f"may not be used with the key {where}", again=False)
        case 404 if provider_of(chat_model) == "ollama":
            return Failure(f"is not on the Ollama server; run: ollama pull {model_name(chat_model)}", again=False)
        case 404:
            return Failure("is not known there; check its name, and the URL if you gave one", again=False)
        case 413:
            return _too_long()
        case 429 if getattr(error, "code", None) == "insufficient_quota":
            return Failure("its account has no credit left", again=False)
        case 429:
            return Failure("was asked too often (HTTP 429)", wait=_retry_after(error))
        case _ if status >= 500 or status in _BUSY:
            return Failure(f"its server failed (HTTP {status})", wait=_retry_after(error))
    return Failure(f"refuses the request (HTTP {status}); try fewer passages or another model", again=False)


def _too_long() -> Failure:
    return Failure("cannot read that much; ask with fewer passages", again=False)


def _status(error: Exception) -> int | None:
    """The HTTP status that `error` tells of: the OpenAI and Anthropic, the Ollama, and the httpx way."""
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int) and status >= 400:
            return status
    return None


def _retry_after(error: Exception) -> float | None:
    """Seconds, from the `Retry-After` header as a number or a date (RFC 9110, 10.2.3); None where there is none."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    said = str(headers.get("retry-after") or "").strip()
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(said).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return seconds if 0 <= seconds < float("inf") else None


def _is_called(error: BaseException, *words: str) -> bool:
    """Whether `error`, or what caused it, is of a kind with such a name: httpx has twins that share no class."""
    return any(word in kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__ for word in words)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
