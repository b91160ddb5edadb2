"""What has been told of an answer while it comes about: each sentence once it is whole and its checks have passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rag.answer import Citation, Claim, Passage
from rag.checks import Check, check
from rag.claims import Drafted, bind
from rag.events import Hear, Sentence

__all__ = ["Told"]

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
            self._claims[sentence] = known
        return known

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
        """The citation with its paper's number; a paper that no claim has cited yet gets the next."""
        paper = citation.passage.paper.id
        return replace(citation, number=self._numbers.setdefault(paper, len(self._numbers) + 1))

    def _numbered(self, claim: Claim) -> Claim:
        return replace(claim, citations=tuple(self.numbered(citation) for citation in claim.citations))
