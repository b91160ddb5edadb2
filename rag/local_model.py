"""A chat model on this machine's CPU, by transformers: a GGUF file, a folder, or a name on the Hugging Face hub.

Question and passages go nowhere. `langchain_huggingface` is not used: its pipeline cannot load a GGUF file, and on the
CPU cannot be stopped once it writes.
"""

from __future__ import annotations

import io
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ingest.errors import ModelError

__all__ = ["LocalChatModel", "load_local_model"]

_GGUF = b"GGUF"
_HUB_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_QUANTISED = re.compile(r"(?<![A-Z])I?Q([1-8])(?!\d)")
_YES = {"1", "ON", "YES", "TRUE"}
_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


class LocalChatModel(BaseChatModel):
    """Writes greedily, one question at a time; the weights are read at the first one.

    `model` is what answers call it. `source` is a folder or a name on the hub, `gguf_file` a file in that folder.
    `most` is how many tokens it writes, `budget` how many a prompt should have: a CPU reads slowly. `half` keeps the
    weights in half of the memory, as bf16, which is slower.
    """

    model: str
    source: str
    gguf_file: str | None = None
    most: int = 700
    budget: int = 3_000
    half: bool = False

    _lock: Any = PrivateAttr(default_factory=threading.RLock)
    _tokenizer: Any = PrivateAttr(default=None)
    _weights: Any = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "local"

    def count_tokens(self, text: str) -> int:
        return len(self._loaded_tokenizer()(text, add_special_tokens=False)["input_ids"])

    def encoded(self, messages: Sequence[BaseMessage]) -> Any:
        """The prompt in tokens, as the model's own chat template writes it: a mapping with `input_ids` (1, length)."""
        tokenizer = self._loaded_tokenizer()
        turns = [(_ROLES.get(message.type, "user"), _harmless(message.text, tokenizer)) for message in messages]
        if tokenizer.chat_template is None:
            return tokenizer("\n\n".join(text for _, text in turns), return_tensors="pt")
        try:
            return _templated(tokenizer, turns)
        except Exception:  # the template's own: some know no system role; rules then go before what is asked
            rules = [text for role, text in turns if role == "system"]
            first, *rest = [(role, text) for role, text in turns if role != "system"]
            return _templated(tokenizer, [(first[0], "\n\n".join([*rules, first[1]])), *rest])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with self._lock:
            tokenizer, weights = self._loaded_tokenizer(), self._loaded_weights()
            asked = self.encoded(messages)
            read, limit = asked["input_ids"].shape[1], getattr(weights.config, "max_position_embeddings", None)
            if limit and read + self.most > limit:
                raise ModelError(f"{self.model} reads {limit:,} tokens at most, and was given {read:,}; ask for fewer")
            written = 0
            for piece, so_far in _written(self.model, tokenizer, weights, asked, self.most, stop):
                written = so_far
                if run_manager:
                    run_manager.on_llm_new_token(piece)
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            if not written:
                raise ModelError(f"{self.model} wrote nothing")  # nor would it if asked again: it writes greedily
            usage = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
            yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))

    def _loaded_tokenizer(self) -> Any:
        with self._lock:
            if self._tokenizer is None:
                from transformers import AutoTokenizer

                self._tokenizer = self._load(AutoTokenizer.from_pretrained)
        return self._tokenizer

    def _loaded_weights(self) -> Any:
        with self._lock:
            if self._weights is None:
                import torch
                from transformers import AutoModelForCausalLM, GgufConfig

                # transformers can also leave GGUF weights packed, but fetches the kernels for that from the hub
                unpacked: dict[str, Any] = {"quantization_config": GgufConfig(dequantize=True)}
                options = unpacked if self.gguf_file else {"use_safetensors": True}
                dtype = torch.bfloat16 if self.half else torch.float32
                weights = self._load(AutoModelForCausalLM.from_pretrained, dtype=dtype, **options)
                weights.generation_config.update(do_sample=False, temperature=None, top_p=None, top_k=None)
                self._weights = weights.eval()
        return self._weights

    def _load(self, load: Callable[..., Any], **options: Any) -> Any:
        """What `load` makes of our source. The hub is asked only for what is not on this machine yet."""
        from transformers.utils import logging as transformers_logging

        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        transformers_logging.disable_progress_bar()
        if self.gguf_file:
            options["gguf_file"] = self.gguf_file
        here_only = Path(self.source).is_dir() or os.environ.get("HF_HUB_OFFLINE", "0").upper() in _YES
        try:
            with redirect_stderr(io.StringIO()):  # a progress bar for GGUF that nothing switches off
                try:
                    return load(self.source, local_files_only=True, trust_remote_code=False, **options)
                except OSError:
                    if here_only:
                        raise
                    return load(self.source, local_files_only=False, trust_remote_code=False, **options)
        except MemoryError as error:
            raise _too_large(self.model) from error
        except Exception as error:  # of many kinds, from a broken file to an unknown architecture
            first_line = (str(error).splitlines() or [type(error).__name__])[0]
            if "can't allocate memory" in str(error):
                raise _too_large(self.model) from error
            if isinstance(error, OSError) and not Path(self.source).is_dir():
                first_line = "it is neither here nor to be had from the Hugging Face hub; name a folder or a GGUF file"
            raise ModelError(f"the LLM {self.model} cannot be loaded: {first_line}") from error


def load_local_model(source: str) -> LocalChatModel:
    """Prepare the model at `source`; raises ModelError where it, a package or the memory for it is missing."""
    path = Path(source).expanduser()
    if path.suffix.lower() == ".gguf":
        return _of_gguf(path)
    if path.is_dir():
        if not (path / "config.json").is_file():
            found = next((file.name for file in sorted(path.glob("*.gguf"))), None)
            remedy = f"name the file: local:{path / found}" if found else "it has no config.json"
            raise ModelError(f"{path}: holds no transformers model; {remedy}")
        name = path.resolve().name
        size = sum(file.stat().st_size for file in path.glob("*.safetensors"))
        return LocalChatModel(model=name, source=str(path.resolve()), half=_must_be_half(name, size))
    if path.is_file():
        raise ModelError(f"{path}: is no GGUF file (its name must end in .gguf) and no folder")
    if source.startswith((".", "~", "/", "\\")) or not _HUB_NAME.fullmatch(source):
        raise ModelError(f"{path}: no such file or folder; name a GGUF file, a folder or a model of the hub")
    return LocalChatModel(model=source, source=source)


def _of_gguf(path: Path) -> LocalChatModel:
    try:
        with path.open("rb") as file:
            known = file.read(len(_GGUF)) == _GGUF
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); name a GGUF file") from error
    if not known:
        raise ModelError(f"{path}: is no GGUF file; it may be cut off or a page that was saved in its place")
    if not (find_spec("gguf") and find_spec("accelerate")):
        raise ModelError("a GGUF file needs its packages; run: pip install 'immunorag[local]'")
    quantised = _QUANTISED.search(path.stem.upper())
    bits = int(quantised[1]) + 0.5 if quantised else 16  # a block of weights also has its scale
    half = _must_be_half(path.stem, path.stat().st_size * 16 / bits)
    return LocalChatModel(model=path.stem, source=str(path.parent.resolve()), gguf_file=path.name, half=half)


def _must_be_half(name: str, needed: float) -> bool:
    """Whether the weights, `needed` bytes as bf16, have to stay that: as fp32 they would take half of what is free.

    Raises ModelError where they do not fit at all.
    """
    free = _free_memory()
    if free is None:
        return False
    if needed > free:
        raise _too_large(name, f" (about {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free)")
    return 4 * needed > free


def _too_large(name: str, figures: str = "") -> ModelError:
    return ModelError(f"{name} needs more memory than there is{figures}; name a smaller model")


def _free_memory() -> int | None:
    """Bytes that can be had without swapping; None where the system does not say."""
    try:
        found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _templated(tokenizer: Any, turns: Sequence[tuple[str, str]]) -> Any:
    return tokenizer.apply_chat_template(
        [{"role": role, "content": text} for role, text in turns],
        add_generation_prompt=True,
        enable_thinking=False,  # templates that know the word skip the thinking; others do not look
        return_tensors="pt",
        return_dict=True,
    )


def _harmless(text: str, tokenizer: Any) -> str:
    """`text` in which no mark of the template's own (`<|im_end|>`, `[INST]`) is left for it to be read as one."""
    marks = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
    for mark in sorted(marks | set(tokenizer.all_special_tokens), key=len, reverse=True):
        if len(mark) > 1:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text


def _written(
    name: str, tokenizer: Any, weights: Any, asked: Any, most: int, stop: list[str] | None
) -> Iterator[tuple[str, int]]:
    """Pieces of the answer as they are written, each with the number of tokens so far; closing it ends the writing."""
    from transformers import StoppingCriteriaList, TextIteratorStreamer

    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
    closed, errors, length = threading.Event(), list[Exception](), asked["input_ids"].shape[1]
    total = length

    def stopped(input_ids: Any, scores: Any, **_: Any) -> bool:
        nonlocal total
        total = input_ids.shape[1]
        return closed.is_set()

    def write() -> None:
        try:
            weights.generate(
                **asked,
                streamer=streamer,
                max_new_tokens=most,
                stopping_criteria=StoppingCriteriaList([stopped]),
                **({"stop_strings": stop, "tokenizer": tokenizer} if stop else {}),
            )
        except Exception as error:
            errors.append(error)
        finally:
            streamer.end()  # else the reader would wait for ever

    writer = threading.Thread(target=write, daemon=True, name="local LLM")
    writer.start()
    try:
        for piece in streamer:
            if piece:
                yield piece, total - length
    finally:
        closed.set()
        writer.join()
    for error in errors:
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
            raise _too_large(name) from error
        raise ModelError(f"{name} stopped writing: {(str(error).splitlines() or [''])[0]}") from error
