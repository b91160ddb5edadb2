"""Chat models by name: LangChain's providers, any OpenAI-compatible server by its URL, and models on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = [
    "NO_LLM",
    "SERVER_KEY",
    "budget_of",
    "counter_of",
    "host_of",
    "key_variable",
    "load_chat_model",
    "model_name",
    "provider_of",
]

NO_LLM = "none"
SERVER_KEY = "IMMUNORAG_LLM_KEY"
"""The variable that holds the key of a server named by URL. OPENAI_API_KEY is OpenAI's and goes nowhere else."""

_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_KEY_FROM = "key_from"
_NO_KEY = "none"  # sent to servers that ask for no key: the client wants to send one
_HOSTED, _OWN = 120.0, 600.0  # seconds that a server may be silent; one's own may have no GPU
_CONTEXT = 8_192  # tokens that Ollama is asked to read; by default it cuts longer prompts off in silence
_CAUTIOUS, _AMPLE = 6_000, 24_000  # tokens of prompt: for a model nothing is known of, and at most
_ANSWER = 1_500  # tokens kept free for the answer
_CHARACTERS_A_TOKEN = 4


def load_chat_model(name: str, *, base_url: str | None = None, timeout: float | None = None) -> BaseChatModel | None:
    """Return the chat model called `name`; None for `none`.

    `openai:MODEL`, `anthropic:MODEL`, `ollama:MODEL` and LangChain's other providers; `local:MODEL` is a GGUF file, a
    folder or a name on the Hugging Face hub, run on this machine. With `base_url`, `name` is a model of the
    OpenAI-compatible server there (vLLM, llama.cpp, LM Studio), unless it begins with `anthropic:` or `ollama:`.
    `timeout` is how many seconds a server may be silent.

    Keys come from the environment only: the provider's own variable, for a server by its URL IMMUNORAG_LLM_KEY.
    Nothing is sent before the first question. Raises ModelError when a package or key is missing, the name is none,
    or the model is not there.
    """
    if name.strip().lower() == NO_LLM:
        return None
    provider, colon, model = name.strip().partition(":")
    if base_url is not None:
        base_url = _checked(base_url)
        if provider == "local":
            raise ModelError(f"{name} runs on this machine; leave out the URL of a server")
        if not colon or provider not in {"openai", "anthropic", "ollama"}:
            provider, colon, model = "openai", ":", name.strip()
    if not (provider and colon and model):
        raise ModelError(f"{name!r} names no LLM; write provider:model, for example openai:gpt-5-mini, or none")
    if provider == "local":
        from rag.local_model import load_local_model

        return load_local_model(model)
    return _of_provider(provider, model, base_url, timeout)


def _of_provider(provider: str, model: str, base_url: str | None, timeout: float | None) -> BaseChatModel:
    """The chat model of a LangChain package; retries are left to `rag.generation`, so that they are not multiplied."""
    from langchain.chat_models import init_chat_model

    silence = timeout or (_OWN if provider == "ollama" or (base_url and _stays_here(base_url)) else _HOSTED)
    options: dict[str, Any] = {"base_url": base_url} if base_url else {}
    match provider:
        case "openai":
            options |= {"max_retries": 0, "timeout": silence, "stream_usage": True}
        case "anthropic":
            options |= {"max_retries": 0, "timeout": silence}
        case "ollama":
            options |= {"client_kwargs": {"timeout": silence}, "num_ctx": _CONTEXT, "temperature": 0}
    if provider in _KEYS:
        variable = SERVER_KEY if base_url else _KEYS[provider]
        options["metadata"] = {_KEY_FROM: variable}
        if base_url:
            options |= {"api_key": os.environ.get(variable) or _NO_KEY, "temperature": 0}
        elif not os.environ.get(variable):
            raise ModelError(f"{provider}:{model} needs a key; set {variable}")
    try:
        chat_model: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError:
        reason = f"{provider} needs its package; run: pip install {_package(provider)}"
    except Exception as error:  # each provider raises its own kind, and some repeat what they were given, the key too
        reason = f"the LLM {provider}:{model} cannot be set up ({type(error).__name__}); check its name and its key"
    else:
        return chat_model
    raise ModelError(reason)  # not from the provider's error: a traceback would show that too


def _package(provider: str) -> str:
    ours = provider in {"openai", "anthropic", "ollama"}
    return f"'immunorag[{provider}]'" if ours else f"langchain-{provider.replace('_', '-')}"


def _checked(base_url: str) -> str:
    """`base_url` without a slash at its end. Raises ModelError unless it is http or https with a host and no secret."""
    try:
        parts = urlsplit(base_url.strip())
        secret, usable = "@" in base_url, parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        secret, usable = "@" in base_url, False
    if secret:
        raise ModelError(f"the URL of an LLM must hold no name or password; set {SERVER_KEY} instead")
    if not usable or parts.query or parts.fragment:
        raise ModelError(f"the URL of the LLM is {base_url!r}; it must be like http://127.0.0.1:8000/v1")
    return base_url.strip().rstrip("/")


def model_name(chat_model: BaseChatModel) -> str:
    """What an answer says wrote its draft."""
    for attribute in ("model_name", "model"):
        value = getattr(chat_model, attribute, None)
        if isinstance(value, str) and value:
            return value
    return type(chat_model).__name__


def key_variable(chat_model: BaseChatModel) -> str:
    """The environment variable that the key of `chat_model` came from; "" where it was not loaded here."""
    variable = (chat_model.metadata or {}).get(_KEY_FROM, "")
    return variable if isinstance(variable, str) else ""


def host_of(chat_model: BaseChatModel) -> str | None:
    """The host that receives question and passages; None where they stay on this machine.

    Ollama hands its models whose tag ends in `cloud` over to ollama.com. Where a LangChain package does not say whom it
    asks, its own name stands for the host.
    """
    if provider_of(chat_model) == "ollama" and model_name(chat_model).endswith("cloud"):
        return "ollama.com"
    host = _host(chat_model)
    if host is None:
        package = type(chat_model).__module__.partition(".")[0]
        return package if package.startswith("langchain_") and package != "langchain_core" else None
    return None if _is_loopback(host) else host


def budget_of(chat_model: BaseChatModel) -> int:
    """How many tokens a prompt may have: what the model is known to read, less its answer; else a cautious 6,000."""
    if provider_of(chat_model) == "ollama":
        return _CONTEXT - _ANSWER
    own = getattr(chat_model, "budget", None)  # a model on this machine has its own
    if isinstance(own, int):
        return own
    limit = (chat_model.profile or {}).get("max_input_tokens")
    if not isinstance(limit, int) or limit <= 0:
        return _CAUTIOUS
    return min(limit - min(_ANSWER, limit // 2), _AMPLE)


def counter_of(chat_model: BaseChatModel) -> Callable[[str], int]:
    """What counts the tokens of a text: the model's own tokenizer where it is at hand, else a rough reckoning.

    LangChain's own `get_num_tokens` is not asked: for most models it downloads a tokenizer that is not theirs.
    """
    count: Callable[[str], int] | None = getattr(chat_model, "count_tokens", None)
    return count or (lambda text: -(-len(text) // _CHARACTERS_A_TOKEN))


def provider_of(chat_model: BaseChatModel) -> str:
    """`openai`, `anthropic`, `ollama`, …: the LangChain package of the model's class, or of what that extends."""
    for kind in type(chat_model).__mro__:
        package = kind.__module__.partition(".")[0]
        if package.startswith("langchain_"):
            return package.removeprefix("langchain_")
    return ""


def _host(chat_model: BaseChatModel) -> str | None:
    """The host of the model's server, from the client that will ask it: there, all variables are settled."""
    for path in ("root_client.base_url", "_client.base_url", "_client._client.base_url", "base_url", "endpoint"):
        found: Any = chat_model
        for attribute in path.split("."):
            found = getattr(found, attribute, None)
        if found is not None and (host := urlsplit(str(found)).hostname):
            return host
    return None


def _stays_here(url: str) -> bool:
    return _is_loopback(urlsplit(url).hostname or "")


def _is_loopback(host: str) -> bool:
    """Whether `host` is this machine; 0.0.0.0 and :: are, to a client."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
