"""An answer with all that it came from, for whoever has to retrace it: versions, model, prompts, passages, verdicts."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from ingest.profile import fingerprint
from prompts import all_prompts
from rag.answer import Answer, Claim
from rag.formats import to_json

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = ["AUDIT_VERSION", "to_audit"]

AUDIT_VERSION = 1
_PACKAGES = ("immunorag", "chromadb", "langchain-core", "sentence-transformers", "tantivy", "torch", "transformers")


def to_audit(answer: Answer, assistant: Assistant) -> dict[str, Any]:
    """Everything that `answer` came from, as plain data, `audit_version` 1. It holds no key: none is kept anywhere."""
    state = assistant.library.catalogue.index_state()
    return {
        "audit_version": AUDIT_VERSION,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | dict(_versions(_PACKAGES)),
        "library": {
            "papers": len(assistant.library),
            "chunks": assistant.library.chunk_count(),
            "revision": state.revision,
            "embedding_model": assistant.library.embedder.name,
            "rules": fingerprint(),
        },
        "settings": {
            "model": answer.model,
            "passages": assistant.passages,
            "budget": assistant.budget,
        },
        "prompts": {name: {"sha256": _sha256(text), "text": text} for name, text in all_prompts()},
        "exchanges": [{"prompt": exchange.prompt, "reply": exchange.reply} for exchange in answer.exchanges],
        "papers": {
            passage.paper.id: {"sha256": _sha256(passage.paper.text), "status": passage.paper.status}
            for passage in answer.passages
        },
        "verdicts": [_verdict(claim) for claim in (*answer.claims, *answer.left_out)],
        "answer": to_json(answer),
    }


def _verdict(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "passed": claim.verdict.passed,
        "reasons": list(claim.verdict.reasons),
        "cites": [f"{one.passage.paper.id}:{one.start}-{one.end}" for one in claim.citations],
    }


def _versions(packages: Iterable[str]) -> Iterable[tuple[str, str]]:
    for package in packages:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "not installed"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
