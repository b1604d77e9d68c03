# Everything below runs in .venv, which `make` builds itself: nothing need be installed first but
# Python 3.11 or newer and make. `make help` lists the commands.

VENV    := .venv
BIN     := $(VENV)/bin
STAMPS  := .make
PYTHON  ?= $(shell sh tools/find_python.sh 2>/dev/null)
export IPYTHONDIR := $(CURDIR)/tools/ipython

NOTEBOOKS := $(wildcard book/*.ipynb)
PACKAGE   := $(shell find lstm_course -name '*.py')
BOOK      := $(NOTEBOOKS) $(wildcard book/*.md book/*.bib book/assets/* book/_ext/*.py *.md) _config.yml _toc.yml
TESTS     := $(shell find tests tools -name '*.py')

.PHONY: help book test unit nbval browser coverage lab lab-new lab-source learners prove-learners notebooks lint format bench clean venv
.DEFAULT_GOAL := help

help: ## this list
	@echo "make book        build the book: _build/html/index.html"
	@echo "make test        prove it: unit tests, every notebook, the build, the browser"
	@echo "make lab         work through the chapters in JupyterLab: your own copies, in work/"
	@echo "make lab-new     take the new version of a chapter, keeping yours: CHAPTER=12_lstm, or all"
	@echo "make lab-source  open the sources in JupyterLab, for authors"
	@echo "make notebooks   run all notebooks and keep their text outputs, after a change"
	@echo "make lint        ruff, mypy, the package's arrows (import-linter), clean notebooks"
	@echo "make format      let ruff format the code and the notebooks"
	@echo "make bench       measure our speed beside torch's"
	@echo "make clean       remove what was built (.venv stays)"
	@echo
	@echo "Parts of 'make test': make unit, make nbval, make browser, make coverage."
	@echo "Learners' notebooks: make learners makes them all and a zip; make prove-learners runs them all."
	@echo "Another Python:  make book PYTHON=/path/to/python3.12"

# --- the environment -------------------------------------------------------------------------

venv: $(STAMPS)/venv

$(STAMPS)/venv: requirements.txt pyproject.toml tools/find_python.sh
	@test -n "$(PYTHON)" || sh tools/find_python.sh
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON): a few minutes the first time"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

# --- the book --------------------------------------------------------------------------------

book: $(STAMPS)/book
	@echo
	@echo "The book is ready. Open it:  file://$(CURDIR)/_build/html/index.html"

$(STAMPS)/book: $(STAMPS)/venv $(BOOK) $(PACKAGE)
	$(BIN)/jupyter-book build . -n -W --keep-going --all
	@touch $@

notebooks: $(STAMPS)/venv ## executed in place; only text outputs are kept
	$(BIN)/python tools/notebooks.py run

# --- learners' notebooks: plain Markdown, numbers filled in, to work in -------------------------

CHAPTER ?= all

lab: $(STAMPS)/venv ## what is in work/ already stays as it is
	@$(BIN)/python tools/learners copy
	JUPYTER_CONFIG_PATH=$(CURDIR)/tools/jupyter $(BIN)/jupyter lab --notebook-dir=work work/index.ipynb

lab-new: $(STAMPS)/venv
	@$(BIN)/python tools/learners copy --take $(CHAPTER)

lab-source: $(STAMPS)/venv
	$(BIN)/jupyter lab --notebook-dir=book

learners: $(STAMPS)/venv ## with the figures of the last build, if there was one
	@$(BIN)/python tools/learners build

prove-learners: $(STAMPS)/venv ## before a release: some minutes
	$(BIN)/python tools/learners prove

# --- the proof -------------------------------------------------------------------------------

test: unit nbval browser coverage
	@echo "Everything passed."

unit: $(STAMPS)/venv
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest tests --ignore=tests/browser -n 2 --cov --cov-report= --cov-fail-under=0 -q

nbval: $(STAMPS)/venv
	$(BIN)/python tools/notebooks.py verify
	LSTM_COURSE_FIGURES=text LSTM_COURSE_COVERAGE="$(CURDIR)/pyproject.toml" \
	  $(BIN)/python -m pytest --nbval $(NOTEBOOKS) -n 2 --dist loadscope -p no:cacheprovider -p no:cov -q

browser: $(STAMPS)/book
	CHROMIUM="$$($(BIN)/python tools/browser.py)" && export CHROMIUM && $(BIN)/python -m pytest tests/browser -q -n 2

coverage: $(STAMPS)/venv
	@$(BIN)/python -m coverage combine --append --quiet
	$(BIN)/python -m coverage report

lint: $(STAMPS)/venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python tools/notebooks.py verify

format: $(STAMPS)/venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMPS)/venv
	$(BIN)/python benchmarks/bench_mlp.py
	$(BIN)/python benchmarks/bench_recurrent.py
	@test ! -d _build/html || $(BIN)/python benchmarks/slider_latency.py

clean:
	rm -rf _build $(STAMPS)/book .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage .coverage.*
