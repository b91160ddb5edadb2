"""`python -m eval.questions` counts our own questions and names every problem; exit code 1 where there is one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from eval.questions import own_questions, renamed_questions
from eval.questions.checking import problems, renamed_problems
from ingest.starter import papers


def report() -> tuple[list[str], list[str]]:
    """The lines of counts, and the problems."""
    digests = {paper.id: paper for paper in papers()}
    questions, renamed = own_questions(), renamed_questions()
    lines = [f"{len(questions)} questions over {len(digests)} digests, {len(renamed)} more that use another name"]
    for title, names in (
        ("kind", [question.kind for question in questions]),
        ("area", [question.area for question in questions if question.kind == "answerable"]),
        ("type", [question.type for question in questions if question.kind == "answerable"]),
        ("split", [question.split for question in questions]),
        ("part", [question.part for question in renamed]),
    ):
        lines += ["", title, *_counted(names)]
    unasked = digests.keys() - {paper for question in questions for paper in (*question.gold, *question.near)}
    lines += ["", f"digests that no question is about: {', '.join(sorted(unasked)) or 'none'}"]
    return lines, [*problems(questions, digests), *renamed_problems(renamed, digests)]


def _counted(names: Iterable[str]) -> Iterator[str]:
    counts = Counter(names)
    return (f"  {counts[name]:4d}  {name}" for name in sorted(counts))


def main() -> int:
    lines, found = report()
    sys.stdout.write("\n".join([*lines, "", *found, f"{len(found)} problems"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
