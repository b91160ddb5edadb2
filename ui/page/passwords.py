"""Who may use the page: a file with a line for each person, their password hashed.

    ada:scrypt:131072:8:1:<salt>:<hash>     salt and hash in hexadecimal digits

scrypt's cost is written beside each hash, so that it can be raised for new passwords while old ones go on working.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import ImmunoragError

__all__ = ["Passwords", "hashed", "with_person"]

_COST = (2**17, 8, 1)  # N, r, p: the least that OWASP's password storage cheat sheet asks of scrypt; 128 MiB, 0.3 s
_MEMORY = 256 << 20
_SHORTEST = 8
_NAME = re.compile(r"[\w.@+-]{1,64}")
_LINE = re.compile(r"([\w.@+-]{1,64}):scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3}):([0-9a-f]{32,128}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class _Kept:
    cost: tuple[int, int, int]
    salt: bytes
    digest: bytes


class Passwords:
    """The people of an auth file; called with a name and a password, it says whether they belong together."""

    def __init__(self, people: Mapping[str, _Kept]) -> None:
        self._people = dict(people)
        self._nobody = _Kept(_COST, secrets.token_bytes(16), secrets.token_bytes(32))
        self._one_at_a_time = threading.Lock()  # a hash takes 128 MiB, and who guesses is to wait

    @staticmethod
    def read(file: Path) -> Passwords:
        """Raises ImmunoragError for a file that cannot be read, holds nobody, or has a line that is none of ours."""
        people = {}
        for number, row in enumerate(_lines(file), start=1):
            if not row.strip() or row.startswith("#"):
                continue
            match = _LINE.fullmatch(row.strip())
            if match is None:
                raise ImmunoragError(f"{file}: line {number} is no hashed password; make one with: {_command(file)}")
            n, r, p = (int(match[group]) for group in (2, 3, 4))
            people[match[1]] = _Kept((n, r, p), bytes.fromhex(match[5]), bytes.fromhex(match[6]))
        if not people:
            raise ImmunoragError(f"{file}: holds nobody; add somebody with: {_command(file)}")
        return Passwords(people)

    def __call__(self, name: str, password: str) -> bool:
        kept = self._people.get(name, self._nobody)  # who is unknown takes as long as who is not
        with self._one_at_a_time:
            digest = _digest(password, kept.salt, kept.cost)
        return hmac.compare_digest(digest, kept.digest) and name in self._people


def hashed(name: str, password: str) -> str:
    """A line for the auth file. Raises ImmunoragError for a name or a password that will not do."""
    if not _NAME.fullmatch(name):
        raise ImmunoragError(f"{name!r} will not do as a name; use letters, digits and . @ + - _")
    if len(password) < _SHORTEST:
        raise ImmunoragError(f"the password is too short; take at least {_SHORTEST} characters")
    salt = secrets.token_bytes(16)
    cost = ":".join(map(str, _COST))
    return f"{name}:scrypt:{cost}:{salt.hex()}:{_digest(password, salt, _COST).hex()}"


def with_person(file: Path, name: str, password: str) -> None:
    """Write `name` into the auth file, instead of an older line of the same name; only its owner may read it."""
    line = hashed(name, password)
    others = [row for row in _lines(file) if not row.startswith(f"{name}:")] if file.exists() else []
    partial = file.with_name(f".{file.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write("\n".join([*others, line]) + "\n")
        partial.replace(file)
    except OSError as error:
        raise ImmunoragError(f"{file}: cannot be written ({error.strerror or error}); name another file") from error


def _digest(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    n, r, p = cost
    try:
        return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)
    except ValueError as error:
        raise ImmunoragError(f"the cost {n}:{r}:{p} of a password is none that scrypt can pay; hash it anew") from error


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise ImmunoragError(f"{file}: there is no such file; make it with: {_command(file)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ImmunoragError(f"{file}: cannot be read ({error}); name another file") from error


def _command(file: Path) -> str:
    return f"immunorag ui --auth-file {file} --add-user NAME"
