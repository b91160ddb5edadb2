"""Material -> draft: the two ways to write one, as Runnables of LangChain, each prompt | model | reading.

Without an LLM the prompt is the weighed sentences, and the model picks among them. With one it is numbered passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError
from rag.answer import Exchange
from rag.claims import Drafted, parse_draft
from rag.events import Drafting
from rag.generation import NOT_IN_THE_LIBRARY, Written, fitted, messages, write
from rag.models import budget_of, counter_of, model_name
from rag.quoting import quoted
from rag.rounds import Material
from rag.told import Told

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

__all__ = ["EXTRACTIVE", "FAILURE", "Draft", "State", "extractive", "generative"]

EXTRACTIVE = "extractive"
FAILURE = "failure"  # where the chain puts the error of an LLM that the evidence sentences stand in for

State = dict[str, Any]
"""What travels along the chain: `material`, `clock` and `told` (what was told to whom); then `draft`; then `claims`."""

_MOST = 6  # sentences of an extractive answer


@dataclass(frozen=True, slots=True)
class Draft:
    """Sentences as `model` wrote them, unchecked; `remark` is what the reader should know of it.

    `declined` means that it said that the passages do not answer.
    """

    sentences: tuple[Drafted, ...]
    model: str
    remark: str = ""
    tokens: tuple[int, int] | None = None
    exchanges: tuple[Exchange, ...] = ()
    declined: bool = False


def extractive() -> Runnable[State, Draft]:
    """The sentences that answer best, word for word; also what stands in for an LLM that does not answer."""
    from langchain_core.runnables import RunnableLambda

    def recite(state: State) -> Draft:
        material: Material = state["material"]
        parts = [part for part in material.parts if part.answered]
        picked: dict[Drafted, None] = {}
        for part in parts:
            evidence = quoted(part.question, part.evidence, material.passages, most=max(_MOST // len(parts), 2))
            picked |= dict.fromkeys(Drafted(item.text, (item.number,)) for item in evidence)
        failure = state.get(FAILURE)
        return Draft(tuple(picked), EXTRACTIVE, f"{failure}; these are evidence sentences" if failure else "")

    return RunnableLambda(recite)


def generative(chat_model: BaseChatModel, budget: int | None = None) -> Runnable[State, Draft]:
    """What an LLM writes, read back from its text with `[n]` marks. Raises ModelError where it does not answer.

    `budget` is how many tokens of passages it is shown (None: as the model is known to take). `state["rejected"]`, on a
    second try, are claims of the first that failed a check.
    """
    from langchain_core.runnables import RunnableLambda

    name, count = model_name(chat_model), counter_of(chat_model)
    room = budget or budget_of(chat_model)

    def prompt(state: State) -> State:
        material: Material = state["material"]
        shown, left = fitted(material.question, material.passages, room, count)
        if not shown:
            raise ModelError(f"{name} was not asked: no passage fits into the {room:,} tokens that it takes")
        rejected = [(claim.text, "; ".join(claim.verdict.reasons)) for claim in state.get("rejected", ())]
        asked = messages(material.question, shown, rejected=rejected)
        numbers = [material.passages.index(passage) + 1 for passage in shown]
        return state | {"prompt": asked, "numbers": numbers, "left": left}

    def model(state: State) -> State:
        told: Told = state["told"]
        told.hear(Drafting(name))
        hear = told.listening(lambda text: numbered(text, state["numbers"]))
        return state | {"written": write(chat_model, state["prompt"], hear=hear)}

    def reading(state: State) -> Draft:
        written: Written = state["written"]
        declined = NOT_IN_THE_LIBRARY in written.text.upper()
        counted = (written.prompt_tokens, written.completion_tokens)
        return Draft(
            () if declined else tuple(numbered(written.text, state["numbers"])),
            name,
            _left_out(state["left"], len(state["material"].passages)),
            None if None in counted else (counted[0] or 0, counted[1] or 0),
            (Exchange("\n\n".join(message.text for message in state["prompt"]), written.text),),
            declined,
        )

    return RunnableLambda(prompt) | RunnableLambda(model) | RunnableLambda(reading)


def numbered(text: str, numbers: Sequence[int]) -> list[Drafted]:
    """The sentences of an LLM's text; `numbers` says which of all passages each of those is that it was shown.

    A mark that names no passage that it was shown becomes 0, which cites nothing. What is written twice counts once.
    """

    def meant(mark: int) -> int:
        return numbers[mark - 1] if 0 < mark <= len(numbers) else 0

    sentences = (Drafted(sentence.text, tuple(map(meant, sentence.cites))) for sentence in parse_draft(text))
    return list(dict.fromkeys(sentences))


def _left_out(left: int, passages: int) -> str:
    if not left:
        return ""
    return f"{left} of {passages} passages did not fit into what the model takes, the least near ones"
