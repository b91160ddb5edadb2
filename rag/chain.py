"""The one chain: question -> passages -> prompt -> model -> claims -> checks -> `Answer`, in LangChain's LCEL.

With an LLM, prompt and model are the LLM's; without, see `drafting`. Everything else is the same, so nothing unchecked
leaves either way. What fails a check goes back to an LLM once, with the reasons; an LLM that does not answer at all is
stood in for by the evidence sentences, and the answer says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from ingest.embedding import Embedder
from ingest.errors import ModelError
from ingest.library import Library
from rag.abstention import missing
from rag.answer import Answer, Claim
from rag.disagreement import disagreements, numbered, reporting
from rag.drafting import EXTRACTIVE, FAILURE, Draft, State, extractive, generative
from rag.events import Found, LeftOut, unheard
from rag.filtering import shut_out
from rag.findings import asks_for_findings
from rag.limits import limits
from rag.models import model_name
from rag.parts import split
from rag.preclinical import patients_were_studied
from rag.question import Question
from rag.rephrasing import split_question
from rag.retrieval import Retriever
from rag.rounds import Material, research
from rag.support import supported
from rag.told import Told
from rag.understanding import understand
from rag.withheld import withheld

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable, RunnableConfig

__all__ = ["EXTRACTIVE", "HEAR", "build_chain"]

HEAR = "hear"  # the key under `configurable` of a run's configuration by which its events are heard


def build_chain(
    library: Library,
    retrieve: Retriever,
    chat_model: BaseChatModel | None = None,
    passages: int = 8,
    budget: int | None = None,
    embedder: Embedder | None = None,
) -> Runnable[Question | str, Answer]:
    """Compose the chain. `invoke` it with a question; it gives an `Answer`, abstaining where nothing is near.

    `passages` are read for each part of a question; `budget` is how many tokens of them an LLM is shown (None: as many
    as it takes). `embedder` stands in for the library's own, if it is the same model. Under `configurable`, the
    configuration of a run may hold `hear`, which is called with each event as it comes.
    """
    model = embedder or library.embedder
    chain = _finding(library, retrieve, passages, chat_model, model) | _answering(library, chat_model, budget, model)
    return chain.with_config(run_name="immunorag")


def _finding(
    library: Library, retrieve: Retriever, passages: int, chat_model: BaseChatModel | None, embedder: Embedder
) -> Runnable[Question | str, State]:
    """The first half: what the library holds on a question."""
    from langchain_core.runnables import RunnableLambda

    def taken_apart(text: str) -> list[str]:
        parts = split(text)
        return split_question(chat_model, text) if chat_model is not None and len(parts) > 1 else parts

    def find(asked: Question | str) -> State:
        began = perf_counter()
        meant = understand(Question(asked) if isinstance(asked, str) else asked, chat_model)
        material = research(
            retrieve, meant.question, passages, embedder=embedder, rarity=library.rarity, taken_apart=taken_apart
        )
        told = meant.question.text
        apart = disagreements(told, reporting(library, material.passages)) if _any(material) else ()
        found = {
            "meant": meant,
            "material": material,
            "filtered": shut_out(library, meant.question.filters, meant.read),
            "disagreements": apart,
            "withheld": withheld(library, retrieve, material, embedder),
        }
        return found | {"clock": [("start", began), ("retrieval", perf_counter())]}

    return RunnableLambda(find)


def _answering(
    library: Library, chat_model: BaseChatModel | None, budget: int | None, embedder: Embedder
) -> Runnable[State, Answer]:
    """The second half: what is found becomes a draft, claims, checked claims, an answer."""
    from langchain_core.runnables import RunnableBranch, RunnableLambda, RunnablePassthrough

    further = (supported(embedder, library.rarity), patients_were_studied)

    def begin(state: State, config: RunnableConfig) -> State:
        material: Material = state["material"]
        told = Told(config.get("configurable", {}).get(HEAR, unheard), material.passages, further)
        told.hear(Found(material.passages))
        return state | {"told": told}

    recite = extractive()
    written: Runnable[State, Draft] = recite
    mended: Runnable[State, State] = RunnablePassthrough()
    if chat_model is not None:
        write = generative(chat_model, budget)
        written = write.with_fallbacks([recite], exceptions_to_handle=(ModelError,), exception_key=FAILURE)
        mended = RunnableLambda(_again(write)) | RunnableLambda(_stood_in_for(recite))
    nothing: Runnable[State, Draft] = RunnableLambda(
        lambda state: Draft((), EXTRACTIVE if chat_model is None else model_name(chat_model))
    )
    chain: Runnable[State, Answer] = (
        RunnableLambda(begin)
        | RunnablePassthrough.assign(draft=RunnableBranch((RunnableLambda(_answered), written), nothing))
        | RunnableLambda(_tick("draft"))
        | RunnablePassthrough.assign(claims=RunnableLambda(_checked))
        | mended
        | RunnableLambda(_tick("checks"))
        | RunnableLambda(_compose)
    )
    return chain


def _answered(state: State) -> bool:
    return _any(state["material"])


def _any(material: Material) -> bool:
    return any(part.answered for part in material.parts)


def _checked(state: State) -> list[Claim]:
    return [state["told"].checked(sentence) for sentence in state["draft"].sentences]


def _again(write: Runnable[State, Draft]) -> Callable[[State], State]:
    """Send what failed a check back once, with the reasons; what passes then stands behind the rest."""

    def again(state: State) -> State:
        draft, claims = state["draft"], state["claims"]
        rejected = [claim for claim in claims if not claim.verdict.passed]
        if not rejected or draft.model == EXTRACTIVE:  # which stood in, or nothing was near
            return state
        try:
            second = write.invoke(state | {"rejected": rejected})
        except ModelError:
            return state
        passed = [claim for claim in _checked(state | {"draft": second}) if claim.verdict.passed]
        added = [claim for claim in passed if claim not in claims]
        return state | {
            "claims": [*claims, *added],
            "tokens": _sum(draft.tokens, second.tokens),
            "exchanges": (*draft.exchanges, *second.exchanges),
        }

    return again


def _stood_in_for(recite: Runnable[State, Draft]) -> Callable[[State], State]:
    """Evidence sentences where nothing that an LLM wrote passes, unless it said that the passages do not answer."""

    def stood_in_for(state: State) -> State:
        draft: Draft = state["draft"]
        passed = any(claim.verdict.passed for claim in state["claims"])
        if passed or draft.declined or draft.model == EXTRACTIVE or not _answered(state):
            return state
        second = recite.invoke(state | {FAILURE: f"{draft.model} wrote no sentence that passes the checks"})
        told = state | {
            "tokens": state.get("tokens", draft.tokens),
            "exchanges": state.get("exchanges", draft.exchanges),
        }
        return told | {"draft": second, "claims": [*state["claims"], *_checked(state | {"draft": second})]}

    return stood_in_for


def _sum(first: tuple[int, int] | None, second: tuple[int, int] | None) -> tuple[int, int] | None:
    return None if first is None or second is None else (first[0] + second[0], first[1] + second[1])


def _tick(name: str) -> Callable[[State], State]:
    def tick(state: State) -> State:
        return state | {"clock": [*state["clock"], (name, perf_counter())]}

    return tick


def _compose(state: State) -> Answer:
    material, draft, told = state["material"], state["draft"], state["told"]
    kept = tuple(claim for claim in state["claims"] if claim.verdict.passed)
    left_out = tuple(claim for claim in state["claims"] if not claim.verdict.passed)
    for claim in left_out:
        told.hear(LeftOut(claim))
    clock = state["clock"]
    timings = {name: round(at - before, 4) for (_, before), (name, at) in itertools.pairwise(clock)}
    timings["total"] = round(clock[-1][1] - clock[0][1], 4)
    parts = tuple(part.question.text for part in material.parts)
    unanswered = [part.question.text for part in material.parts if not part.answered]
    remarks = [draft.remark] if draft.remark else []
    lacks: tuple[str, ...] = () if kept else state["filtered"]
    if not kept and material.passages:
        lacks += missing(material.question, material.parts[0].evidence, material.passages)
    if kept:
        remarks += [f"the library holds no answer to this part: {part}" for part in unanswered]
    cited = {one.passage.paper.id: one.passage.paper for claim in kept for one in claim.citations}
    return Answer(
        question=state["meant"].asked.text,
        understood=state["meant"].otherwise,
        claims=kept,
        passages=material.passages,
        abstained=not kept,
        model=draft.model,
        timings=timings,
        left_out=left_out,
        parts=parts if len(parts) > 1 else (),
        confidence=round(material.confidence, 2),  # bf16 knows it no better
        remarks=tuple(remarks),
        tokens=state.get("tokens", draft.tokens),
        missing=lacks,
        filters=material.question.filters,
        exchanges=tuple(state.get("exchanges", draft.exchanges)),
        disagreements=tuple(numbered(one, told.numbered) for one in state["disagreements"] if kept),
        limits=limits(cited.values(), asks_for_findings(material.question.text)),
        withheld=state["withheld"],
    )
