"""The file of a catalogue: opened, brought to today's schema, read and changed, its errors told in our words.

The only home of sqlite3 in this package.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ingest.errors import BrokenLibrary, LibraryError, LibraryInUse
from ingest.schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION
from ingest.titles import title_key

__all__ = ["Database"]

Values = Sequence[Any] | dict[str, Any]


class Database:
    """The database in the file `path`, made when `create` and absent. Threads may share it; `close` it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        self._mutex = threading.RLock()
        if not create and not path.exists():
            raise LibraryError(f"{path.parent}: there is no library; make one with: immunorag ingest FOLDER")
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(create)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        with self._mutex:
            self._connection.close()

    def rows(self, statement: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._mutex, self._translated():
            return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, values: Values = ()) -> None:
        """Run a statement that changes something. Only within `transaction()`."""
        self._connection.execute(statement, values)

    def change_many(self, statement: str, values: Iterable[Values]) -> None:
        """Run a statement once for each of `values`. Only within `transaction()`."""
        self._connection.executemany(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is changed within is kept by the disk at the end, or nothing of it; one within another is part of it."""
        with self._mutex, self._translated():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def snapshot(self, path: Path) -> None:
        """Write the database as it is at this moment into the new file `path`, with nothing beside it."""
        with self._mutex, self._translated(), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def defects(self) -> list[str]:
        """What SQLite finds wrong with its file, and with the ties between its tables; empty where all is well."""
        broken = [str(line) for (line,) in self.rows("PRAGMA integrity_check(10)") if line != "ok"]
        loose = self.rows("PRAGMA foreign_key_check")
        tables = sorted({str(table) for table, *_ in loose})
        return broken + [f"{len(loose):,} rows of {' and '.join(tables)} belong to no paper"] * bool(loose)

    def is_plain(self) -> bool:
        """Whether there is nothing in the file but tables and indexes: no trigger or view that would act unasked."""
        return not self.rows("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')")

    def broken(self, reason: str) -> BrokenLibrary:
        """The error that says why the database cannot be read, and what to do."""
        folder = self.path.parent
        return BrokenLibrary(
            f"{self.path}: the catalogue cannot be read ({reason}); the originals are in {folder / 'files'}: "
            "ingest them into a new library, or put a backup in its place"
        )

    def _prepare(self, create: bool) -> None:
        with self._translated():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # a paper reported as added survives a power cut
            self._connection.execute("PRAGMA foreign_keys = ON")
            version = self._version()
            if version == 0 and create:
                with self.transaction():
                    if self._version() == 0:  # another process may have been faster
                        for statement in SCHEMA.split(";"):
                            self._connection.execute(statement)
                        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
                version = SCHEMA_VERSION
        if version == 0:
            raise self.broken("it is empty")
        if version > SCHEMA_VERSION:
            raise LibraryError(
                f"{self.path}: was made by a newer immunorag (schema {version}, this one reads {SCHEMA_VERSION}); "
                "update immunorag: pip install --upgrade immunorag"
            )
        if version < SCHEMA_VERSION:
            self._migrate()

    def _migrate(self) -> None:
        """Bring an older catalogue to this schema in one transaction: whole, or as it was."""
        self._connection.create_function("title_key", 1, title_key, deterministic=True)
        with self.transaction():
            for version in range(self._version(), SCHEMA_VERSION):  # asked again: another process may have been faster
                if version not in MIGRATIONS:
                    raise LibraryError(
                        f"{self.path}: has schema {version}, too old for this immunorag (it reads {SCHEMA_VERSION}); "
                        f"ingest the originals in {self.path.parent / 'files'} into a new library"
                    )
                for statement in MIGRATIONS[version].split(";"):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, which name the file and the remedy."""
        try:
            yield
        except sqlite3.OperationalError as error:
            message = str(error)
            if "locked" in message:
                raise LibraryInUse(f"{self.path}: another process keeps it locked; try again later") from error
            if "malformed" in message or "no such" in message:
                raise self.broken(message) from error
            folder = self.path.parent
            if not os.access(folder, os.W_OK):
                raise LibraryError(
                    f"{folder}: cannot be written to ({message}), and SQLite writes even to read; get the right to, or "
                    "copy the library to where you have it"
                ) from error
            raise LibraryError(f"{self.path}: {message}; check the free space and the rights of {folder}") from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
                raise
            raise self.broken(str(error)) from error
