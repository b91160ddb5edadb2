"""From a question to a checked answer, over real indexes, with the LLM's part played by a queue of replies."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from ingest.errors import BadQuestion, EmptyLibrary, ModelError
from ingest.library import Library
from ingest.papers import Filters
from rag.answer import Answer
from rag.assistant import Assistant
from rag.question import Question
from tests.embedders import HashEmbedder
from tests.made_papers import paper

RESPONSE = "Pembrolizumab led to a response rate of 44.8% in PD-L1-positive lung cancer."
SURVIVAL = "Nivolumab prolonged overall survival in melanoma with a hazard ratio of 0.42."
TOXICITY = "Severe colitis occurred in 12 of 40 patients given ipilimumab for melanoma."
QUESTION = "What response rate did pembrolizumab have in PD-L1-positive lung cancer?"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as opened:
        opened.add([paper(1, RESPONSE), paper(2, SURVIVAL, year=2015), paper(3, TOXICITY)])
        yield opened


def ask(library: Library, reply: str, question: str = QUESTION) -> Answer:
    return Assistant(library, FakeListChatModel(responses=[reply])).ask(question)


def number_of(library: Library, sentence: str) -> int:
    """The number under which the prompt shows the passage that holds `sentence`."""
    passages = Assistant(library).ask(QUESTION).passages
    return next(number for number, passage in enumerate(passages, start=1) if sentence in passage.text)


def test_without_an_llm_the_answer_quotes_the_sentence_that_answers(library: Library) -> None:
    answer = Assistant(library).ask(QUESTION)
    assert answer.model == "extractive"
    assert [claim.text for claim in answer.claims] == [RESPONSE]
    (citation,) = answer.claims[0].citations
    assert (citation.number, citation.passage.paper.id) == (1, "pmid:1")
    assert citation.passage.paper.text[citation.start : citation.end] == citation.quote == RESPONSE


def test_a_question_about_something_else_is_not_answered(library: Library) -> None:
    answer = Assistant(library).ask("What is the capital of France?")
    assert answer.abstained
    assert answer.claims == ()
    assert answer.passages


def test_the_llm_writes_and_the_checks_decide(library: Library) -> None:
    right, invented = number_of(library, RESPONSE), 99
    answer = ask(
        library,
        f"In PD-L1-positive lung cancer pembrolizumab led to a response rate of 44.8% [{right}]. "
        f"The response rate of pembrolizumab in lung cancer was 54.8% [{right}]. "
        f"Pembrolizumab led to a response in lung cancer [{invented}].",
    )
    assert [claim.text for claim in answer.claims] == [
        "In PD-L1-positive lung cancer pembrolizumab led to a response rate of 44.8%."
    ]
    assert [claim.verdict.reasons[0] for claim in answer.left_out] == [
        "number not in the cited text: 54.8 %",
        "cites no passage of the library",
    ]


def test_papers_are_numbered_as_they_are_first_cited(library: Library) -> None:
    first, second = number_of(library, TOXICITY), number_of(library, RESPONSE)
    answer = ask(
        library,
        f"Severe colitis occurred in 12 of 40 patients given ipilimumab [{first}]. "
        f"Pembrolizumab led to a response rate of 44.8% [{second}]. Ipilimumab led to severe colitis [{first}].",
    )
    assert [[citation.number for citation in claim.citations] for claim in answer.claims] == [[1], [2], [1]]


def test_an_llm_that_finds_no_answer_is_believed(library: Library) -> None:
    assert ask(library, "NOT IN THE LIBRARY").abstained


@pytest.mark.parametrize(
    "reply", ["Response rates vary.", "[1]", "\N{PILE OF POO}" * 50, "Die Ansprechrate war gut [1]."]
)
def test_an_llm_without_a_supported_sentence_is_stood_in_for(library: Library, reply: str) -> None:
    answer = ask(library, reply)
    assert [claim.text for claim in answer.claims] == [RESPONSE]
    assert answer.model == "extractive"
    assert answer.remarks == (
        "FakeListChatModel wrote no sentence that passes the checks; these are evidence sentences",
    )


def test_a_sentence_copied_without_a_mark_cites_where_it_stands(library: Library) -> None:
    answer = ask(library, RESPONSE)
    assert [claim.citations[0].passage.paper.id for claim in answer.claims] == ["pmid:1"]
    assert answer.model == "FakeListChatModel"


def test_a_question_the_library_is_far_from_never_reaches_the_llm(library: Library) -> None:
    model = FakeListChatModel(responses=["one", "two"])
    Assistant(library, model).ask("What is the capital of France?")
    assert model.i == 0


def test_filters_hold_for_the_whole_answer(library: Library) -> None:
    answer = Assistant(library).ask(QUESTION, Filters(until=2015))
    assert {passage.paper.id for passage in answer.passages} == {"pmid:2"}


def test_a_retracted_paper_does_not_answer(library: Library) -> None:
    library.add([paper(4, "Pembrolizumab had a response rate of 99.9% in lung cancer.", status="retracted")])
    assert "pmid:4" not in {passage.paper.id for passage in Assistant(library).ask(QUESTION).passages}


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "empty", embedder=HashEmbedder())
    with library, pytest.raises(EmptyLibrary, match="immunorag ingest"):
        Assistant(library).ask(QUESTION)


@pytest.mark.parametrize("question", ["", " \n", "?!", "why " * 2000])
def test_an_empty_or_endless_question_is_refused(library: Library, question: str) -> None:
    with pytest.raises(BadQuestion):
        Assistant(library).ask(question)


@pytest.mark.parametrize("name", ["gpt", "openai:", ":gpt", "nobody:gpt"])
def test_a_name_that_is_no_llm_is_refused_with_the_remedy(library: Library, name: str) -> None:
    with pytest.raises(ModelError):
        Assistant(library, name)


class _Completions(BaseHTTPRequestHandler):
    """As much of an OpenAI-compatible server as one reply needs; keeps what it was asked."""

    asked: list[bytes]
    reply: str

    def do_POST(self) -> None:
        import json

        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"role": "assistant", "content": self.reply}
        body = json.dumps(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": "small",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_a_model_by_name_answers_end_to_end(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = type("Handler", (_Completions,), {"asked": [], "reply": f"{RESPONSE} [{number_of(library, RESPONSE)}]"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        answer = Assistant(library, "openai:small").ask(QUESTION)
        server.shutdown()
    assert answer.model == "small"
    assert [claim.text for claim in answer.claims] == [RESPONSE]
    request = handler.asked[-1]
    assert RESPONSE.encode() in request
    assert QUESTION.encode() in request


def test_the_chain_is_a_runnable_among_others(library: Library) -> None:
    from langchain_core.runnables import RunnableLambda

    told = Assistant(library).chain | RunnableLambda(lambda answer: len(answer.claims))
    assert told.invoke(QUESTION) == told.invoke(Question(QUESTION)) == 1


def test_langchain_gets_the_passages_of_the_assistant_as_documents(library: Library) -> None:
    documents = Assistant(library, passages=2).retriever(Filters(since=2016)).invoke(QUESTION)
    assert [document.page_content for document in documents][:1] == [RESPONSE]
    assert {document.metadata["paper_id"] for document in documents} == {"pmid:1", "pmid:3"}
    start, end = documents[0].metadata["start"], documents[0].metadata["end"]
    assert library.paper(documents[0].metadata["paper_id"]).text[start:end] == documents[0].page_content


def test_a_sentence_of_an_llm_on_patients_from_mice_alone_is_left_out(tmp_path: Path) -> None:
    mice = "TIGIT blockade shrank melanoma in mice and doubled survival."
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.add([paper(1, mice, design="preclinical", species=("mouse",)), paper(2, RESPONSE), paper(3, TOXICITY)])
        question = "Does TIGIT blockade shrink melanoma?"
        passages = Assistant(library).ask(question).passages
        number = next(place for place, one in enumerate(passages, start=1) if one.text == mice)
        reply = (
            f"TIGIT blockade shrank melanoma of patients [{number}]. TIGIT blockade shrank melanoma in mice [{number}]."
        )
        answer = ask(library, reply, question)
    assert [claim.text for claim in answer.claims] == ["TIGIT blockade shrank melanoma in mice."]
    assert "speaks of patients, but what it cites was seen in mice only" in answer.left_out[0].verdict.reasons
