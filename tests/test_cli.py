"""The command line as people use it, on a small real library with the real model, and as they misuse it."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from commands import COMMAND, Command, Done, at_home, holding, start, write_papers
from embedders import HashEmbedder
from jsonschema import Draft202012Validator

from eval.bench.made_records import pubmed_set
from ingest.papers import Paper, Section

QUESTION = "What was the response rate with nivolumab in melanoma with PD-L1 expression?"
SCHEMA = json.loads((files("ui") / "answer.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of two small papers, made by the command itself."""
    folder = tmp_path_factory.mktemp("library")
    papers = write_papers(folder / "papers")
    done = start(["ingest", str(papers), "--library", str(folder / "library")], home=folder)
    assert done.code == 0, done.err
    return folder / "library"


def errors(err: str) -> list[str]:
    """What standard error says but for notes of progress, which come after half a minute on a slow machine."""
    return [line for line in err.splitlines() if not line.startswith("note: ")]


def assert_one_error(done: Done, *parts: str, code: int = 1) -> None:
    """The command failed with one line on standard error that says all of `parts`."""
    assert (done.code, done.out) == (code, "")
    assert len(errors(done.err)) == 1
    assert errors(done.err)[0].startswith("error: ")
    for part in parts:
        assert part in errors(done.err)[0]


# -- asking ---------------------------------------------------------------------------------------------------------


def test_answer_cites_its_sources_with_quotes(immunorag: Command, library: Path) -> None:
    done = immunorag("ask", QUESTION, "--library", library)
    assert (done.code, done.err) == (0, "")
    assert "43.6% with nivolumab. [1]" in done.out
    assert "[1]  Ada Example et al. Nivolumab in melanoma that had been treated before" in done.out
    assert "Results: “Patients with PD-L1 on at least 5% of tumour cells had a response rate of 43.6%" in done.out
    assert "evidence sentences, no LLM" in done.out
    assert "not medical advice" in done.out


def test_json_keeps_to_its_schema_and_every_quote_is_the_papers_text(immunorag: Command, library: Path) -> None:
    answer = json.loads(immunorag("ask", QUESTION, "--json", "--library", library).out)
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(answer)
    assert answer["claims"]
    for claim in answer["claims"]:
        for citation in claim["citations"]:
            text = immunorag("papers", "show", citation["paper_id"], "--text", "--library", library).out
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            assert f"[{citation['number']}]" in answer["answer"]


def test_schema_documents_every_key_of_an_answer(immunorag: Command, library: Path) -> None:
    def undocumented(value: object, schema: dict[str, object], at: str = "") -> Iterator[str]:
        reference = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        schema = SCHEMA["$defs"][reference] if reference else schema
        if isinstance(value, list):
            for item in value:
                yield from undocumented(item, schema["items"], f"{at}[]")  # type: ignore[arg-type]
        elif isinstance(value, dict) and "properties" in schema:
            properties = schema["properties"]
            assert isinstance(properties, dict)
            yield from (f"{at}.{key}" for key in value if key not in properties)
            for key in value.keys() & properties.keys():
                yield from undocumented(value[key], properties[key], f"{at}.{key}")

    answer = json.loads(immunorag("ask", QUESTION, "--json", "--library", library).out)
    assert sorted(set(undocumented(answer, SCHEMA))) == []
    assert json.loads(immunorag("ask", "--schema").out) == SCHEMA


def test_question_that_the_library_cannot_answer_is_an_abstention_and_no_error(
    immunorag: Command, library: Path
) -> None:
    done = immunorag("ask", "What is the capital of France?", "--library", library)
    assert done.code == 0
    assert done.out.startswith("The library does not hold an answer to this question.")
    assert "Nearest papers" in done.out
    answer = json.loads(immunorag("ask", "What is the capital of France?", "--json", "--library", library).out)
    Draft202012Validator(SCHEMA).validate(answer)
    assert (answer["abstained"], answer["claims"]) == (True, [])


def test_filters_hold(immunorag: Command, library: Path) -> None:
    asked = ("ask", "What is known about nivolumab and colitis?", "--json", "--library", library)

    def read(*options: str) -> set[str]:
        return {passage["paper_id"] for passage in json.loads(immunorag(*asked, *options).out)["passages"]}

    assert read() == {"pmid:90000001", "pmid:90000002"}
    assert read("--since", "2020") == {"pmid:90000002"}
    assert read("--until", "2020") == {"pmid:90000001"}
    assert read("--paper", "10.1000/MADE.up.1") == {"pmid:90000001"}
    assert len(json.loads(immunorag(*asked, "--passages", "1").out)["passages"]) == 1


def test_dash_reads_the_question_from_standard_input(library: Path, tmp_path: Path) -> None:
    done = start(["ask", "-", "--library", str(library), "--json"], home=tmp_path, stdin=QUESTION.encode() + b"\n")
    assert json.loads(done.out)["question"] == QUESTION


def test_library_and_llm_are_taken_from_the_environment(immunorag: Command, library: Path) -> None:
    os.environ.update(IMMUNORAG_LIBRARY=str(library), IMMUNORAG_LLM="no-such-llm")
    assert_one_error(immunorag("ask", QUESTION), "'no-such-llm' names no LLM", "provider:model")
    assert immunorag("ask", QUESTION, "--llm", "none").code == 0


# -- ingesting ------------------------------------------------------------------------------------------------------


def test_second_ingest_adds_nothing(immunorag: Command, library: Path) -> None:
    papers = library.parent / "papers"
    done = immunorag("ingest", papers, "--library", library)
    assert done.code == 0
    lines = done.out.splitlines()
    assert sorted(line.split("\t")[:3] for line in lines[:-1]) == [
        ["unchanged", str(papers / "colitis.md"), "pmid:90000002"],
        ["unchanged", str(papers / "nivolumab.md"), "pmid:90000001"],
    ]
    assert lines[-1] == "0 added  2 unchanged  0 failed  (0 new chunks)"


def test_bad_file_among_good_ones_is_listed_and_no_error(immunorag: Command, tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "papers")
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    done = immunorag("ingest", papers, "--library", tmp_path / "library")
    assert done.code == 0
    assert re.search(r"^failed\t.*broken\.pdf\t\t\S.*$", done.out, re.MULTILINE)
    assert done.out.endswith("2 added  0 unchanged  1 failed  (4 new chunks)\n")
    again = immunorag("ingest", papers, "--library", tmp_path / "library")
    assert "0 added  2 unchanged  1 failed" in again.out


def test_line_of_a_set_of_records_names_the_first_and_counts_all(immunorag: Command, tmp_path: Path) -> None:
    pubmed_set(tmp_path / "set.xml", 5)
    done = immunorag("ingest", "set.xml", "--library", tmp_path / "library")
    outcome, _, papers, reason = done.out.splitlines()[0].split("\t")
    assert outcome == "added"
    assert papers == "pmid:90000001 pmid:90000002 pmid:90000003 … 5 papers"
    assert reason == "5 papers added"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.pdf", b"", "empty"),
        ("broken.pdf", b"%PDF-1.7\ntrailer << /Root 1 0 R", "broken|damaged|cannot be read"),
        ("note.txt", b"Buy milk.", "too little text"),
        ("program.xml", b"\x7fELF\x00\x00\x01", "binary"),
        ("page.xml", b"<html><body><p>hello</p></body></html>", "not|no paper"),
        ("bmc.xml", b"<art><ui>x</ui><fm><bibl><title><p>T</p></title></bibl></fm><bdy><p>x</p></bdy></art>", "BMC"),
    ],
)
def test_bad_file_that_was_named_is_one_error_line(
    immunorag: Command, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = immunorag("ingest", name, "--library", tmp_path / "library")
    assert done.code == 1
    assert [line.startswith(f"error: {name}: ") for line in errors(done.err)] == [True]
    assert re.search(reason, done.err), done.err


def test_encrypted_pdf_is_named_with_its_remedy(immunorag: Command, tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(tmp_path / "locked.pdf")
    done = immunorag("ingest", "locked.pdf", "--library", tmp_path / "library")
    assert done.code == 1
    assert re.search(r"^error: locked\.pdf: is encrypted; .*password", done.err)


def test_missing_path_and_empty_folder_are_errors_and_make_no_library(immunorag: Command, tmp_path: Path) -> None:
    assert_one_error(immunorag("ingest", "nowhere.pdf"), "nowhere.pdf: there is no such file or folder")
    assert not (tmp_path / "home").exists()
    (tmp_path / "void").mkdir()
    done = immunorag("ingest", "void", "--library", tmp_path / "library")
    assert done.code == 1
    assert done.err.startswith("error: void: the folder holds no file to read")


def test_missing_path_among_good_ones_is_an_error_and_the_others_go_in(immunorag: Command, tmp_path: Path) -> None:
    write_papers(tmp_path / "papers")
    done = immunorag("ingest", "papers/colitis.md", "papers/colites.md", "--library", tmp_path / "library")
    assert done.code == 1
    assert "1 added" in done.out
    assert errors(done.err) == ["error: papers/colites.md: there is no such file or folder"]


# -- looking --------------------------------------------------------------------------------------------------------


def test_papers_are_listed_for_people_and_programs(immunorag: Command, library: Path) -> None:
    listed = immunorag("papers", "list", "--library", library)
    rows = [line.split("\t") for line in listed.out.splitlines()]
    assert rows == [
        [
            "pmid:90000002",
            "2021",
            "text",
            "normal",
            "1",
            "Colitis under ipilimumab and the gut microbiome",
            "cohort study",
        ],
        [
            "pmid:90000001",
            "2019",
            "text",
            "normal",
            "3",
            "Nivolumab in melanoma that had been treated before",
            "cohort study",
        ],
    ]
    assert immunorag("papers", "--library", library).out == listed.out
    records = json.loads(immunorag("papers", "list", "--json", "--library", library).out)
    assert [record["id"] for record in records] == ["pmid:90000002", "pmid:90000001"]
    assert records[1]["doi"] == "10.1000/made.up.1"


def test_paper_is_found_by_any_identifier(immunorag: Command, library: Path) -> None:
    by_pmid = immunorag("papers", "show", "90000001", "--library", library)
    assert by_pmid.code == 0
    assert by_pmid.out == immunorag("papers", "show", "doi:10.1000/made.up.1", "--library", library).out
    assert_one_error(immunorag("papers", "show", "pmid:7", "--library", library), "pmid:7", "immunorag papers list")


# -- errors ---------------------------------------------------------------------------------------------------------


def test_library_that_is_not_there_is_not_made_by_asking(immunorag: Command, tmp_path: Path) -> None:
    for command in (("ask", "What?"), ("papers",), ("papers", "show", "pmid:1")):
        done = immunorag(*command, "--library", tmp_path / "typo")
        assert_one_error(done, str(tmp_path / "typo"), "immunorag ingest FOLDER", "immunorag demo")
        assert not (tmp_path / "typo").exists()


def test_folder_that_is_no_library_is_not_touched(immunorag: Command, tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "papers")
    before = sorted(papers.iterdir())
    assert_one_error(immunorag("ask", "What?", "--library", papers), str(papers))
    assert_one_error(immunorag("ingest", papers, "--library", papers), str(papers))
    assert_one_error(immunorag("ask", "What?", "--library", papers / "colitis.md"), "is a file")
    assert sorted(papers.iterdir()) == before


@pytest.mark.parametrize("question", ["", "   ", "?!"])
def test_empty_question_is_one_clear_line(immunorag: Command, library: Path, question: str) -> None:
    assert_one_error(immunorag("ask", question, "--library", library), "the question is empty")


def test_question_of_a_megabyte_is_one_clear_line(library: Path, tmp_path: Path) -> None:
    done = start(["ask", "-", "--library", str(library)], home=tmp_path, stdin=b"cancer " * 150_000)
    assert_one_error(done, "1,049,999 characters", "at most 4,000")


def test_question_that_is_no_utf8_is_still_a_question(library: Path, tmp_path: Path) -> None:
    done = start(["ask", "-", "--json", "--library", str(library)], home=tmp_path, stdin=b"colitis \xff\xfe?")
    assert json.loads(done.out)["question"] == "colitis ��?"


def test_library_of_another_model_is_one_clear_line(immunorag: Command, tmp_path: Path) -> None:
    from ingest.library import Library

    text = "Patients responded to treatment."
    paper = Paper("pmid:1", "A study", text, (Section("results", "Results", 0, len(text)),), "text", pmid="1")
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as opened:
        opened.add([paper])
    os.environ["IMMUNORAG_EMBEDDING"] = "all-MiniLM-L6-v2"
    for command in (("ask", "What?"), ("ingest", write_papers(tmp_path / "papers"))):
        done = immunorag(*command, "--library", tmp_path / "library")
        assert_one_error(done, str(tmp_path / "library"), "hash-64", "all-MiniLM-L6-v2")
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as opened:
        assert len(opened) == 1


def test_library_in_use_names_who_uses_it(immunorag: Command, library: Path) -> None:
    with holding(library) as pid:
        done = immunorag("ingest", library.parent / "papers", "--library", library, "--wait", "0")
        assert_one_error(done, str(library), f"process {pid} ", "try again")
        assert immunorag("ask", QUESTION, "--library", library).code == 0  # readers go on


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ask"], "Missing argument 'QUESTION'; see: immunorag ask --help"),
        (["aks", "What?"], "Did you mean 'ask'? see: immunorag --help"),
        (["ask", "Does", "it", "work"], "see: immunorag ask --help"),
        (["ask", "--passages", "0", "What?"], "--passages"),
        (["ask", "--since", "soon", "What?"], "--since"),
        (["ask", "--since", "2020", "--until", "2010", "What?"], "--since 2020 is later than --until 2010"),
        (["ingest"], "Missing argument 'PATH'"),
        (["papers", "shwo"], "see: immunorag papers --help"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(immunorag: Command, arguments: list[str], complaint: str) -> None:
    assert_one_error(immunorag(*arguments), complaint, code=2)


def test_wrong_configuration_file_is_named(immunorag: Command, tmp_path: Path) -> None:
    file = tmp_path / "home" / ".config" / "immunorag" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('modell = "x"\n', encoding="utf-8")
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path / "home" / ".config")
    assert_one_error(immunorag("papers"), str(file), "unknown setting modell")


def test_unexpected_exception_is_one_line_and_a_traceback_only_on_demand(immunorag: Command, tmp_path: Path) -> None:
    (tmp_path / "library" / "catalogue.sqlite").mkdir(parents=True)  # a folder where a file should be
    done = immunorag("papers", "--library", tmp_path / "library")
    assert done.code == 1
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err
    os.environ["IMMUNORAG_DEBUG"] = "1"
    assert "Traceback" in immunorag("papers", "--library", tmp_path / "library").err


# -- as a process ---------------------------------------------------------------------------------------------------


def test_reader_of_the_pipe_may_leave(library: Path, tmp_path: Path) -> None:
    command = [*COMMAND, "papers", "list", "--library", str(library)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=at_home(tmp_path), cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_interrupted_ingest_says_how_to_go_on_and_goes_on(tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "papers")
    for number in range(120):
        copy = (papers / "colitis.md").read_text(encoding="utf-8").replace("90000002", str(80000000 + number))
        (papers / f"{number}.md").write_text(copy.replace("18 of 60", f"{number} of 600"), encoding="utf-8")
    command = ["ingest", str(papers), "--library", str(tmp_path / "library")]
    with subprocess.Popen(
        [*COMMAND, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=at_home(tmp_path), cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.stdout.read(), process.stderr.read()
    if process.returncode == 0:
        pytest.skip("the ingest had ended before it was interrupted")
    assert process.returncode == 130
    assert errors(err.decode()) == ["error: interrupted; what is reported is kept, run the same command again to go on"]
    reported = {line.split("\t")[1] for line in (first + rest).decode().splitlines() if line.startswith("added")}
    again = start(command, home=tmp_path)
    assert again.code == 0
    lines = [line.split("\t") for line in again.out.splitlines()[:-1]]
    assert {path for outcome, path, *_ in lines if outcome == "unchanged"} >= reported
    assert len(lines) == 122


def test_on_a_terminal_of_80_columns_nothing_is_wider_and_colour_is_used(library: Path, tmp_path: Path) -> None:
    parent, child = pty.openpty()
    environ = {**at_home(tmp_path), "COLUMNS": "80", "TERM": "xterm-256color"}
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        environ.pop(name, None)
    command = [*COMMAND, "ask", QUESTION, "--library", str(library)]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=subprocess.DEVNULL, env=environ) as process:
        os.close(child)
        output = b""
        while True:
            try:
                read = os.read(parent, 65536)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            output += read
    os.close(parent)
    assert process.returncode == 0
    text = output.decode().replace("\r\n", "\n")
    assert "\x1b[36m[1]" in text
    plain = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert max(map(len, plain.splitlines())) <= 80


def test_no_telemetry_is_on_while_the_command_runs(tmp_path: Path) -> None:
    code = (
        "import os, sys, immunorag\n"
        "sys.argv = ['immunorag', '--version']; immunorag.main()\n"
        "from chromadb.config import Settings\n"
        "from huggingface_hub import constants\n"
        "from langsmith.utils import tracing_is_enabled\n"
        "print(Settings().anonymized_telemetry, constants.HF_HUB_DISABLE_TELEMETRY, tracing_is_enabled())\n"
    )
    environ = at_home(tmp_path, {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true"})
    done = subprocess.run(
        [COMMAND[0], "-c", code], capture_output=True, text=True, env=environ, cwd=tmp_path, check=True
    )
    assert done.stdout.splitlines()[-1] == "False True False"


# -- the demo -------------------------------------------------------------------------------------------------------


def test_demo_answers_from_digests_and_says_what_to_type_next(immunorag: Command, tmp_path: Path) -> None:
    done = start(["demo"], home=tmp_path)
    assert done.code == 0, done.err
    assert "Does PD-L1 expression predict response to pembrolizumab or nivolumab?" in done.out
    assert "[1]  " in done.out
    assert "immunorag digest of “" in done.out
    began = time.monotonic()
    again = start(["demo"], home=tmp_path)
    assert time.monotonic() - began < 60
    assert again.out == done.out
    typed = re.search(r'^  immunorag (ask --library (\S+) ".+")$', done.out, re.MULTILINE)
    assert typed is not None
    starter = typed[2].replace("~", str(tmp_path))
    asked = immunorag("ask", "Who benefits from nivolumab?", "--json", "--library", starter)
    assert asked.code == 0, asked.err
    sources = {citation["source"] for claim in json.loads(asked.out)["claims"] for citation in claim["citations"]}
    assert sources == {"digest"}
