"""The memory of a process and all below it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Memory", "of_tree"]


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes: in `pss`, what processes share is counted once, in `rss` in each; without PSS, RSS stands in its place."""

    pss: int
    rss: int


def of_tree(pid: int) -> Memory:
    """What the process and its descendants hold now; zeros once it has ended."""
    import psutil  # type: ignore[import-untyped]

    pss = rss = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return Memory(0, 0)
    for process in family:
        try:
            memory = process.memory_full_info()
        except psutil.Error:
            continue  # it has just ended
        rss += memory.rss
        pss += getattr(memory, "pss", memory.rss)
    return Memory(pss, rss)
