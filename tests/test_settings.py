"""Settings come from flags, the environment and the user's own file; never from where one happens to stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.settings import Settings, SettingsError, config_file, load_settings, starter_folder, switch_off_telemetry


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_flag_wins_over_environment_over_file_over_default(file: Path, tmp_path: Path) -> None:
    environ = {"IMMUNORAG_LIBRARY": "/from/environment", "IMMUNORAG_LLM": "ollama:environment"}
    file.write_text('library = "/from/file"\nllm = "ollama:file"\nembedding = "file-model"\n', encoding="utf-8")

    flags = load_settings(library=Path("/from/flag"), llm="ollama:flag", environ=environ, file=file)
    assert flags == Settings(Path("/from/flag"), "ollama:flag", "file-model")
    assert load_settings(environ=environ, file=file).library == Path("/from/environment")
    assert load_settings(environ={}, file=file) == Settings(Path("/from/file"), "ollama:file", "file-model")
    default = load_settings(environ={}, file=tmp_path / "absent.toml")
    assert (default.library.name, default.llm, default.embedding) == ("library", None, None)


def test_the_chroma_token_comes_from_the_environment_only_and_is_not_shown(file: Path) -> None:
    file.write_text('chroma_url = "http://file:8000"\n', encoding="utf-8")
    environ = {"IMMUNORAG_CHROMA_TOKEN": "s3cret"}
    settings = load_settings(environ=environ, file=file)
    assert (settings.chroma_url, settings.chroma_token) == ("http://file:8000", "s3cret")
    assert "s3cret" not in repr(settings)
    environ["IMMUNORAG_CHROMA_URL"] = "http://environment:8000"
    assert load_settings(environ=environ, file=file).chroma_url == "http://environment:8000"
    assert load_settings(chroma_url="http://flag:1", environ=environ, file=file).chroma_url == "http://flag:1"
    file.write_text('chroma_token = "s3cret"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown setting chroma_token"):
        load_settings(environ={}, file=file)


def test_the_url_of_an_llm_is_settled_like_its_name(file: Path) -> None:
    file.write_text('llm = "qwen3"\nllm_url = "http://file:8000/v1"\n', encoding="utf-8")
    assert load_settings(environ={}, file=file).llm_url == "http://file:8000/v1"
    environ = {"IMMUNORAG_LLM_URL": "http://environment:8000/v1"}
    assert load_settings(environ=environ, file=file).llm_url == "http://environment:8000/v1"
    assert load_settings(llm_url="http://flag:1/v1", environ=environ, file=file).llm_url == "http://flag:1/v1"


def test_an_llm_that_runs_elsewhere_is_not_asked_at_a_url_set_further_away(file: Path) -> None:
    file.write_text('llm = "ollama:qwen3"\nllm_url = "http://file:11434"\n', encoding="utf-8")
    assert load_settings(environ={}, file=file).llm_url == "http://file:11434"
    assert load_settings(llm="local:small.gguf", environ={}, file=file).llm_url is None
    assert load_settings(environ={"IMMUNORAG_LLM": "anthropic:claude"}, file=file).llm_url is None
    assert load_settings(llm="openai:other", environ={}, file=file).llm_url == "http://file:11434"
    assert load_settings(llm="local:x", llm_url="http://flag:1", environ={}, file=file).llm_url == "http://flag:1"


def test_keys_of_llms_may_not_stand_in_the_file(file: Path) -> None:
    file.write_text('llm_key = "s3cret"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown setting llm_key") as caught:
        load_settings(environ={}, file=file)
    assert "s3cret" not in str(caught.value)


def test_none_as_a_flag_switches_off_the_llm_that_is_set_elsewhere(file: Path) -> None:
    file.write_text('llm = "openai:gpt-5-mini"\n', encoding="utf-8")
    assert load_settings(llm="none", environ={}, file=file).llm is None
    assert load_settings(llm="None", environ={"IMMUNORAG_LLM": "ollama:x"}, file=file).llm is None


def test_empty_variable_counts_as_not_set(file: Path) -> None:
    file.write_text('llm = "ollama:file"\n', encoding="utf-8")
    assert load_settings(environ={"IMMUNORAG_LLM": ""}, file=file).llm == "ollama:file"


def test_file_in_the_working_directory_redirects_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config.toml", "immunorag.toml", ".immunorag.toml", ".env", "pyproject.toml"):
        (tmp_path / "here").mkdir(exist_ok=True)
        (tmp_path / "here" / name).write_text('llm = "evil:model"\nIMMUNORAG_LLM="evil:model"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert load_settings(environ={}).llm is None
    assert config_file().is_relative_to(tmp_path / "home")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('librray = "/x"', "unknown setting librray; known are library, llm, llm_url, embedding, chroma_url"),
        ('[llm]\nname = "x"', "llm must be text in quotes"),
        ("llm = 3", "llm must be text in quotes"),
        ('llm = " "', "llm must be text in quotes"),
        ("llm = none", "is not valid TOML"),
        ('library = "papers"', "library must be a whole path"),
    ],
)
def test_mistake_in_the_file_is_named_with_the_file(file: Path, content: str, complaint: str) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={}, file=file)
    assert str(caught.value).startswith(f"{file}: ")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00library")
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load_settings(environ={}, file=file)


def test_tilde_is_the_home_folder(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file.write_text('library = "~/papers"\n', encoding="utf-8")
    assert load_settings(environ={}, file=file).library == tmp_path / "papers"
    with pytest.raises(SettingsError, match="no such home folder"):
        load_settings(environ={"IMMUNORAG_LIBRARY": "~nobody-of-that-name/x"}, file=file)


def test_starter_library_is_not_the_users_own(file: Path) -> None:
    assert starter_folder() != load_settings(environ={}, file=file).library


def test_telemetry_is_switched_off_even_where_it_was_switched_on() -> None:
    environ = {"LANGSMITH_TRACING": "true", "ANONYMIZED_TELEMETRY": "True", "PATH": "/bin"}
    switch_off_telemetry(environ)
    assert environ["LANGSMITH_TRACING"] == environ["LANGCHAIN_TRACING_V2"] == "false"
    assert environ["ANONYMIZED_TELEMETRY"] == environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environ["LANGSMITH_GATEWAY"] == "false"
    assert environ["HF_HUB_DISABLE_TELEMETRY"] == environ["DO_NOT_TRACK"] == "1"
    assert environ["PATH"] == "/bin"
