"""What the page works with, shared by all who visit it: one library, one assistant, opened while the page is shown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ImmunoragError
from ingest.papers import Filters
from rag.events import Event

if TYPE_CHECKING:
    from ingest.library import Library
    from rag.assistant import Assistant

__all__ = ["Desk"]

_log = logging.getLogger(__name__)


class Desk:
    """The library and the assistant. They are opened in a thread of their own; who needs them waits for it.

    `open_library` and `assistant_for` are called there, once. What they raise is raised to whoever waits. `report` is
    the folder in which the last evaluation stands, if there was one.
    """

    def __init__(
        self, open_library: Callable[[], Library], assistant_for: Callable[[Library], Assistant], report: Path
    ) -> None:
        self.report = report
        self._open_library, self._assistant_for = open_library, assistant_for
        self._library: Library | None = None
        self._assistant: Assistant | None = None
        self._failure: ImmunoragError | None = None
        self._opened, self._ready, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._open, name="immunorag page", daemon=True)
        self.word = "Opening the library"

    def start(self) -> None:
        """Begin to open; comes back at once."""
        self._thread.start()

    def close(self) -> None:
        """Let what goes on come to its end, and release the library."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._library is not None:
            self._library.close()

    @property
    def closing(self) -> bool:
        """Whether the page is being shut down: what takes long ends at the next good moment."""
        return self._closing.is_set()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    @property
    def library(self) -> Library:
        """The library, as soon as it is open. Raises ImmunoragError where it cannot be opened."""
        self._opened.wait()
        if self._library is None:
            raise self._failure or ImmunoragError("the library could not be opened; the terminal says why")
        return self._library

    @property
    def assistant(self) -> Assistant:
        """The assistant, as soon as its models are loaded. Raises ImmunoragError where they cannot be."""
        self._ready.wait()
        if self._assistant is None:
            raise self._failure or ImmunoragError("the models could not be loaded; the terminal says why")
        return self._assistant

    def stream(self, question: str, filters: Filters, history: tuple[tuple[str, str], ...]) -> Iterator[Event]:
        """See `Assistant.stream`; waits until there is an assistant."""
        return self.assistant.stream(question, filters, history)

    def _open(self) -> None:
        try:
            self._library = self._open_library()
            self._opened.set()
            self.word = "Loading the models"
            assistant = self._assistant_for(self._library)
            self._library.embedder.embed(["warm up"])  # a model loads its weights when it is first asked
            self._assistant = assistant
            self.word = ""
        except ImmunoragError as error:
            self._failure, self.word = error, str(error)
        except Exception as error:
            _log.exception("the page could not open its library")
            self._failure = ImmunoragError(f"unexpected {type(error).__name__}: {error}")
            self.word = str(self._failure)
        finally:
            self._opened.set()
            self._ready.set()
