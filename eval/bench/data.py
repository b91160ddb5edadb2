"""Where the benchmarks' data lies, and where they build what they measure."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["DEFAULT_DATA", "add_data_option", "data_folder", "workplace"]

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"  # `../shared/data` beside the checkout


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the option `--data DIR`."""
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_DATA,
        metavar="DIR",
        help="folder with the benchmark data (default: ../shared/data beside the checkout)",
    )


def data_folder(data: Path, name: str) -> Path:
    """The folder `name` of the benchmark data; raises FileNotFoundError that names the remedy."""
    folder = data / name
    if not folder.is_dir():
        raise FileNotFoundError(f"no benchmark data at {folder}; name its parent folder with: --data DIR")
    return folder


@contextmanager
def workplace(keep: Path | None) -> Iterator[Path]:
    """The folder `keep`, which stays, made where it is not there; else a temporary one, which goes."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="immunorag-bench-") as folder:
            yield Path(folder)
