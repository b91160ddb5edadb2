"""The one chain: question -> passages -> prompt -> model -> claims -> checks -> `Answer`, in LangChain's LCEL.

With an LLM, prompt and model are the LLM's; without, the prompt is the weighed sentences and the model picks among
them. Everything else is the same, so nothing unchecked leaves either way.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ingest.library import Library
from rag.answer import Answer, Citation, Claim
from rag.checks import check
from rag.claims import Drafted, bind, parse_draft
from rag.evidence import Evidence, nearness, select, weigh
from rag.generation import NOT_IN_THE_LIBRARY, messages, model_name
from rag.question import Question
from rag.retrieval import Retriever

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

__all__ = ["EXTRACTIVE", "build_chain"]

EXTRACTIVE = "extractive"
_NEAR_ENOUGH = 0.5  # of `nearness`; below it the library does not know


State = dict[str, Any]
"""What travels along the chain: `question`, `passages`, `evidence` and `clock`; then `draft`; then `claims`."""


def build_chain(
    library: Library, retrieve: Retriever, chat_model: BaseChatModel | None = None, passages: int = 8
) -> Runnable[Question, Answer]:
    """Compose the chain. `invoke` it with a `Question`; it gives an `Answer`, abstaining where nothing is near."""
    from langchain_core.runnables import RunnableBranch, RunnableLambda, RunnablePassthrough

    def find(question: Question) -> State:
        clock = [("start", perf_counter())]
        found = retrieve(question, passages)
        clock.append(("retrieval", perf_counter()))
        evidence = weigh(question, found, library.embedder, library.rarity)
        clock.append(("evidence", perf_counter()))
        return {"question": question, "passages": found, "evidence": evidence, "clock": clock}

    def compose(state: State) -> Answer:
        return _compose(state, EXTRACTIVE if chat_model is None else model_name(chat_model))

    draft = _extractive() if chat_model is None else _generative(chat_model)
    nothing: Runnable[State, list[Drafted]] = RunnableLambda(lambda state: [])
    drafted = RunnablePassthrough.assign(draft=RunnableBranch((RunnableLambda(_is_near), draft), nothing))
    chain: Runnable[Question, Answer] = (
        RunnableLambda(find)
        | drafted
        | RunnableLambda(_tick("draft"))
        | RunnablePassthrough.assign(claims=RunnableLambda(_claims) | RunnableLambda(_checked))
        | RunnableLambda(_tick("checks"))
        | RunnableLambda(compose)
    )
    return chain.with_config(run_name="immunorag")


def _extractive() -> Runnable[State, list[Drafted]]:
    """The draft without an LLM: the evidence is the prompt, the selection the model."""
    from langchain_core.runnables import RunnableLambda

    def recite(evidence: Sequence[Evidence]) -> list[Drafted]:
        return [Drafted(item.text, (item.number,)) for item in select(evidence)]

    prompt: Runnable[State, list[Evidence]] = RunnableLambda(lambda state: state["evidence"])
    return prompt | RunnableLambda(recite)


def _generative(chat_model: BaseChatModel) -> Runnable[State, list[Drafted]]:
    """The draft of an LLM, read back from its text with `[n]` marks."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.runnables import RunnableLambda

    def read(text: str) -> list[Drafted]:
        return [] if NOT_IN_THE_LIBRARY in text.upper() else parse_draft(text)

    prompt: Runnable[State, list[BaseMessage]] = RunnableLambda(
        lambda state: messages(state["question"], state["passages"])
    )
    return prompt | chat_model | StrOutputParser() | RunnableLambda(read)


def _is_near(state: State) -> bool:
    return nearness(state["evidence"]) >= _NEAR_ENOUGH


def _claims(state: State) -> list[Claim]:
    return [bind(sentence, state["passages"]) for sentence in state["draft"]]


def _checked(claims: list[Claim]) -> list[Claim]:
    return [check(claim) for claim in claims]


def _tick(name: str) -> Any:
    def tick(state: State) -> State:
        state["clock"].append((name, perf_counter()))
        return state

    return tick


def _compose(state: State, model: str) -> Answer:
    """Keep the claims that passed and number their papers in the order in which they are first cited."""
    numbers: dict[str, int] = {}

    def numbered(citation: Citation) -> Citation:
        return replace(citation, number=numbers.setdefault(citation.passage.paper.id, len(numbers) + 1))

    def renumbered(claim: Claim) -> Claim:
        return replace(claim, citations=tuple(numbered(citation) for citation in claim.citations))

    kept = tuple(renumbered(claim) for claim in state["claims"] if claim.verdict.passed)
    left_out = tuple(claim for claim in state["claims"] if not claim.verdict.passed)
    clock = state["clock"]
    timings = {name: round(at - before, 4) for (_, before), (name, at) in itertools.pairwise(clock)}
    timings["total"] = round(clock[-1][1] - clock[0][1], 4)
    return Answer(
        question=state["question"].text,
        claims=kept,
        passages=tuple(state["passages"]),
        abstained=not kept,
        model=model,
        timings=timings,
        left_out=left_out,
    )
