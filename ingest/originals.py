"""The originals that a library keeps: each file under its SHA-256, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from ingest.errors import LibraryError

__all__ = ["keep", "sha256_of"]


def keep(path: Path, sha256: str, library: Path) -> str:
    """Copy a file into the library under its hash, whole or not at all; returns the copy's path within the library."""
    name = f"files/{sha256[:2]}/{sha256}{path.suffix.lower()}"
    copy = library / name
    if not copy.exists():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            partial = copy.with_suffix(".partial")
            shutil.copyfile(path, partial)
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(copy)
        except OSError as error:
            reason = error.strerror or error
            raise LibraryError(
                f"{copy}: the copy of {path} cannot be written ({reason}); free some space, or use copy=False"
            ) from error
    return name


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
