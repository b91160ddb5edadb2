"""Chat models by name: what is told when one cannot be had, who receives the question, and keys that stay secret."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel

from ingest.errors import ModelError
from rag.models import budget_of, counter_of, host_of, key_variable, load_chat_model, model_name

KEY = "sk-s3cret-0123456789"
VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "IMMUNORAG_LLM_KEY", "OLLAMA_HOST")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def loaded(name: str, base_url: str | None = None) -> BaseChatModel:
    chat_model = load_chat_model(name, base_url=base_url)
    assert chat_model is not None
    return chat_model


def needs(package: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


def complaint(name: str, base_url: str | None = None) -> str:
    with pytest.raises(ModelError) as caught:
        load_chat_model(name, base_url=base_url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_none_is_no_model() -> None:
    assert load_chat_model("none") is load_chat_model(" None ") is None


@pytest.mark.parametrize("name", ["gpt", "openai:", ":gpt", "", "local:"])
def test_a_name_that_is_none_is_told_how_names_look(name: str) -> None:
    assert "provider:model" in complaint(name)


def test_an_unknown_provider_is_refused() -> None:
    assert complaint("nobody:gpt").startswith("the LLM nobody:gpt cannot be set up")


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
    ],
)
def test_a_missing_key_is_told_with_its_variable(name: str, variable: str) -> None:
    assert complaint(name) == f"{name} needs a key; set {variable}"


@pytest.mark.skipif(
    importlib.util.find_spec("langchain_mistralai") is not None, reason="langchain-mistralai is installed"
)
def test_a_missing_package_is_told_with_its_name() -> None:
    assert complaint("mistralai:small") == "mistralai needs its package; run: pip install langchain-mistralai"


def test_a_model_of_a_server_needs_no_key_and_keeps_its_whole_name() -> None:
    for name in ("Qwen/Qwen3-8B", "qwen3:8b", "openai:qwen3:8b"):
        chat_model = loaded(name, "http://127.0.0.1:8000/v1/")
        assert model_name(chat_model) == name.removeprefix("openai:")
        assert key_variable(chat_model) == "IMMUNORAG_LLM_KEY"


def test_the_key_of_openai_is_not_sent_to_other_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    chat_model = loaded("small", "http://127.0.0.1:8000/v1")
    assert chat_model.root_client.api_key == "none"  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["ftp://x/v1", "127.0.0.1:8000", "http://", "http://x/v1?key=1", "http://[::1"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    assert "must be like http://127.0.0.1:8000/v1" in complaint("small", url)


def test_a_url_with_a_password_is_refused_without_repeating_it() -> None:
    told = complaint("small", "http://me:s3cret@example.org/v1")
    assert "IMMUNORAG_LLM_KEY" in told
    assert "s3cret" not in told


def test_a_local_model_has_no_server() -> None:
    assert "runs on this machine" in complaint("local:small.gguf", "http://127.0.0.1:8000/v1")


@pytest.mark.parametrize("name", ["openai:gpt-5-mini", "anthropic:claude-sonnet-4-5"])
def test_keys_are_not_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(f"langchain_{name.partition(':')[0]}")
    for variable in VARIABLES[:1] + VARIABLES[2:3]:
        monkeypatch.setenv(variable, KEY)
    chat_model = loaded(name)
    assert KEY not in repr(chat_model) + str(chat_model) + str(chat_model.metadata)
    assert KEY not in str(chat_model.to_json())
    assert key_variable(chat_model) == f"{name.partition(':')[0].upper()}_API_KEY"


def test_a_model_that_cannot_be_set_up_does_not_tell_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", KEY)
    monkeypatch.setenv("OPENAI_PROXY", f"nonsense://{KEY}")
    with pytest.raises(ModelError) as caught:
        load_chat_model("openai:gpt-5-mini")
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None  # a traceback shows no error of the provider's


def test_who_receives_the_question_is_known_of_hosted_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert host_of(loaded("openai:gpt-5-mini")) == "api.openai.com"
    assert host_of(loaded("small", "https://llm.example.org/v1")) == "llm.example.org"
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example.org/v1")
    assert host_of(loaded("openai:gpt-5-mini")) == "gateway.example.org"


@needs("langchain_anthropic")
def test_who_receives_the_question_is_known_of_anthropic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    assert host_of(loaded("anthropic:claude-sonnet-4-5")) == "api.anthropic.com"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.9.9.9", "0.0.0.0", "llm.localhost"])  # noqa: S104
def test_a_server_on_this_machine_is_no_host(host: str) -> None:
    assert host_of(loaded("small", f"http://{host}:8000/v1")) is None


@needs("langchain_ollama")
def test_ollama_stays_here_unless_its_model_or_its_address_is_elsewhere() -> None:
    assert host_of(loaded("ollama:qwen3:8b")) is None
    assert host_of(loaded("ollama:qwen3:8b", "http://gpu.example.org:11434")) == "gpu.example.org"
    assert host_of(loaded("ollama:gpt-oss:120b-cloud")) == "ollama.com"


def test_a_model_made_in_this_process_has_no_host() -> None:
    assert host_of(FakeListChatModel(responses=["x"])) is None


def test_the_budget_is_what_the_model_reads_or_cautious(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert budget_of(loaded("openai:gpt-5-mini")) == 24_000
    assert budget_of(loaded("small", "http://127.0.0.1:8000/v1")) == 6_000
    small = FakeListChatModel(responses=["x"], profile={"max_input_tokens": 4_096})
    assert budget_of(small) == 4_096 - 1_500


def test_without_a_tokenizer_four_characters_are_a_token() -> None:
    count = counter_of(FakeListChatModel(responses=["x"]))
    assert [count(text) for text in ("", "abcd", "abcde")] == [0, 1, 2]


def test_a_model_without_a_name_is_called_by_its_kind() -> None:
    assert model_name(FakeListChatModel(responses=["x"])) == "FakeListChatModel"


def test_a_file_or_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.gguf").write_text("<html>", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "small.gguf").write_bytes(b"GGUF")
    (tmp_path / "model.bin").write_bytes(b"x")
    assert "is no GGUF file" in complaint(f"local:{tmp_path / 'page.gguf'}")
    assert "No such file" in complaint(f"local:{tmp_path / 'absent.gguf'}")
    assert "has no config.json" in complaint(f"local:{tmp_path / 'empty'}")
    assert f"name the file: local:{tmp_path / 'held' / 'small.gguf'}" in complaint(f"local:{tmp_path / 'held'}")
    assert "is no GGUF file" in complaint(f"local:{tmp_path / 'model.bin'}")
    assert "no such file or folder" in complaint(f"local:{tmp_path / 'absent'}")
    assert "no such file or folder" in complaint("local:a/b/c")


def test_a_gguf_file_without_its_packages_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.gguf").write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "gguf", None)
    assert complaint(f"local:{tmp_path / 'small.gguf'}").endswith("run: pip install 'immunorag[local]'")


def test_a_model_larger_than_the_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "Huge-Q4_K_M.gguf"
    with file.open("wb") as huge:
        huge.write(b"GGUF")
        huge.truncate(1 << 41)  # 2 TiB, of which the disk keeps a block
    assert "needs more memory than there is" in complaint(f"local:{file}")
