"""What has been told of an answer while it comes about: each sentence once it is whole and its checks have passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rag.answer import Citation, Claim, Passage, Verdict
from rag.checks import NOT_TO_BE_SHOWN, Check, check
from rag.claims import Drafted, bind
from rag.events import Hear, Sentence
from rag.quotable import NOT_SHOWN, gives_orders, name_shown

__all__ = ["Told", "kept_back"]

_ENDS = frozenset(".!?]\n")  # what a sentence may end with, its marks included


@dataclass(slots=True)
class Told:
    """Binds and checks the sentences of one answer, once each, and tells `hear` of those that passed.

    Papers get their numbers in the order in which claims that passed cite them. `further` are checks besides those that
    every claim goes through.
    """

    hear: Hear
    passages: Sequence[Passage]
    further: Sequence[Check] = ()
    _numbers: dict[str, int] = field(default_factory=dict)
    _claims: dict[Drafted, Claim] = field(default_factory=dict)

    def checked(self, sentence: Drafted) -> Claim:
        """The claim that a drafted sentence becomes, with its verdict."""
        known = self._claims.get(sentence)
        if known is None:
            known = check(bind(sentence, self.passages), self.further)
            if known.verdict.passed:
                known = self._numbered(known)
                self.hear(Sentence(known))
            elif self._poisoned() or any(reason.startswith(NOT_TO_BE_SHOWN) for reason in known.verdict.reasons):
                known = Claim(NOT_SHOWN, (), _unsaid(known.verdict))
            self._claims[sentence] = known
        return known

    def _poisoned(self) -> bool:
        """Whether a passage gives orders: who obeys them may have written anything into a sentence that failed."""
        return any(gives_orders(passage.text) for passage in self.passages)

    def listening(self, read: Callable[[str], list[Drafted]]) -> Callable[[str], None]:
        """What hears an LLM write piece by piece; `read` gives the sentences of its text so far.

        All but the last, which may go on, are checked as they come.
        """
        text = ""

        def hear(piece: str) -> None:
            nonlocal text
            text += piece
            if not _ENDS.isdisjoint(piece):
                for sentence in read(text)[:-1]:
                    self.checked(sentence)

        return hear

    def numbered(self, citation: Citation) -> Citation:
        """The citation with its paper's number; a paper that none has cited yet gets the next."""
        paper = citation.passage.paper.id
        return replace(citation, number=self._numbers.setdefault(paper, len(self._numbers) + 1))

    def _numbered(self, claim: Claim) -> Claim:
        return replace(claim, citations=tuple(map(self.numbered, claim.citations)))


def kept_back(passages: Sequence[Passage]) -> list[Claim]:
    """What is told of each paper whose passages hold more than findings: that it does, and nothing of what it says."""
    papers: dict[str, str] = {}
    for passage in passages:
        if why := gives_orders(passage.text):
            papers.setdefault(name_shown(passage.paper.id), why)
    return [
        Claim(NOT_SHOWN, (), Verdict(passed=False, reasons=(f"{NOT_TO_BE_SHOWN}: a sentence of {paper}, for {why}",)))
        for paper, why in papers.items()
    ]


def _unsaid(verdict: Verdict) -> Verdict:
    """The verdict without what its reasons repeat of the sentence."""
    said = (reason if reason.startswith(NOT_TO_BE_SHOWN) else reason.partition(":")[0] for reason in verdict.reasons)
    return replace(verdict, reasons=tuple(said))
