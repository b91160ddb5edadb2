"""What the user has set: by flag, else in the environment, else in the user's configuration file, else the default.

Read at entry points only and handed down. The working directory is never looked at: a stranger's file must not
redirect where questions are sent.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from ingest.errors import ImmunoragError
from rag.models import NO_LLM

__all__ = [
    "NO_LLM",
    "Settings",
    "SettingsError",
    "config_file",
    "load_settings",
    "report_folder",
    "starter_folder",
    "switch_off_telemetry",
]

_KEYS = ("library", "llm", "llm_url", "embedding", "chroma_url")
_ELSEWHERE = ("anthropic:", "local:", "ollama:")  # LLMs that no OpenAI-compatible server runs
_TELEMETRY = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LANGCHAIN_TRACING_V2": "false",  # LangSmith, by its older names
    "LANGSMITH_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_GATEWAY": "false",  # would send what an LLM is asked by way of LangSmith
}


class SettingsError(ImmunoragError):
    """A setting that makes no sense; the message names the file or variable it stands in."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`llm` is `provider:model`, or None for evidence sentences without an LLM; `llm_url` is the server that runs it,
    None for the provider's own. Keys of LLMs stand in the environment only, and are read there when one is loaded.

    `embedding` names the embedding model; None is the one the library was made with, for a new library the default.
    `chroma_url` is the Chroma server that keeps the vectors, None for the library's folder; its token stands in the
    environment only.
    """

    library: Path
    llm: str | None = None
    embedding: str | None = None
    chroma_url: str | None = None
    chroma_token: str | None = field(default=None, repr=False)
    llm_url: str | None = None


def load_settings(
    *,
    library: Path | None = None,
    llm: str | None = None,
    llm_url: str | None = None,
    chroma_url: str | None = None,
    environ: Mapping[str, str] = os.environ,
    file: Path | None = None,
) -> Settings:
    """Settle every setting; `library`, `llm`, `llm_url` and `chroma_url` are flags as given, None where not.

    An `llm_url` does not hold for an `llm` that is set nearer and runs elsewhere (`local:…` as a flag). An empty
    variable is not set. `file` is the configuration file, by default the user's. Raises SettingsError.
    """
    file = file or config_file()
    filed = _read(file)

    def levels(key: str, flag: str | None = None) -> list[str | None]:
        return [flag, environ.get(f"IMMUNORAG_{key.upper()}"), filed.get(key)]

    def settled(key: str, flag: str | None = None) -> str | None:
        return next(filter(None, levels(key, flag)), None)

    named = settled("llm", llm)
    urls = levels("llm_url", llm_url)
    if named is not None and named.startswith(_ELSEWHERE):
        urls = urls[: levels("llm", llm).index(named) + 1]
    place = settled("library", str(library) if library else None)
    return Settings(
        library=_folder(place) if place else user_data_path("immunorag", appauthor=False) / "library",
        llm=None if named is None or named.lower() == NO_LLM else named,
        embedding=settled("embedding"),
        chroma_url=settled("chroma_url", chroma_url),
        chroma_token=environ.get("IMMUNORAG_CHROMA_TOKEN") or None,
        llm_url=next(filter(None, urls), None),
    )


def config_file() -> Path:
    """The user's configuration file, whether or not it exists."""
    return user_config_path("immunorag", appauthor=False) / "config.toml"


def starter_folder() -> Path:
    """Where `immunorag demo` keeps the starter library, apart from the user's own."""
    return user_data_path("immunorag", appauthor=False) / "starter"


def report_folder() -> Path:
    """Where the page looks for the last report of `immunorag eval`."""
    return user_data_path("immunorag", appauthor=False) / "quality"


def switch_off_telemetry(environ: MutableMapping[str, str] = os.environ) -> None:
    """Nothing we build on reports home: neither Chroma, Hugging Face, LangSmith nor Gradio, whatever was set before."""
    environ.update(_TELEMETRY)


def _read(file: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML ({error}); mend it or delete it") from error
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); mend its rights or delete it") from error
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise SettingsError(f"{file}: unknown setting {', '.join(unknown)}; known are {', '.join(_KEYS)}")
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(f'{file}: {key} must be text in quotes, for example {key} = "…"')
    if "library" in table and not _folder(table["library"]).is_absolute():
        raise SettingsError(f"{file}: library must be a whole path, for example /home/me/papers or ~/papers")
    return table


def _folder(place: str) -> Path:
    try:
        return Path(place).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{place}: there is no such home folder; write the path out") from error
