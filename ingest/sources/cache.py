"""What was downloaded, so that nothing is downloaded twice: a folder that may be deleted at any time.

A file in it is whole: it is written under another name, looked at, and only then given its own. Libraries share it, and
keep copies of what they took in.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from ingest.errors import ImmunoragError

__all__ = ["DAY", "Cache"]

DAY = 86_400.0
"""Seconds."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}\.(?:json|xml)")


class Cache:
    """The part of the cache folder that holds what one source gives; `now` is the time, in seconds since 1970."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._folder, self._now = folder, now

    def held(self, kind: str, name: str, age: float | None = None) -> Path | None:
        """The file, where it is there and no older than `age` seconds (None: however old)."""
        path = self._path(kind, name)
        try:
            modified = path.stat().st_mtime
        except FileNotFoundError:
            return None
        return path if age is None or self._now() - modified < age else None

    def put(self, kind: str, name: str, content: bytes, check: Callable[[Path], None] | None = None) -> Path:
        """Keep a file; what `check` raises when it is shown the file is raised, and nothing kept.

        Raises ValueError for a name that is none of ours, ImmunoragError where the disk refuses.
        """
        path = self._path(kind, name)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if check is not None:
                check(partial)
            partial.replace(path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ImmunoragError(f"{path}: cannot be written ({reason}); free some space or mend the rights") from error
        finally:
            partial.unlink(missing_ok=True)
        return path

    def _path(self, kind: str, name: str) -> Path:
        """Names come from replies: none may lead out of the folder. A thousand files to a folder, as a rule."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is no name of a file of ours")
        return self._folder / kind / name.partition(".")[0][-2:] / name
