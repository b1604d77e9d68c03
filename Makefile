# Everything below runs in .venv, which `make` builds itself: nothing need be installed first but
# Python 3.11 or newer and make. `make help` lists the commands.

VENV    := .venv
BIN     := $(VENV)/bin
STAMPS  := .make
PYTHON  ?= $(shell sh tools/find_python.sh 2>/dev/null)
export IPYTHONDIR := $(CURDIR)/tools/ipython

NOTEBOOKS := $(wildcard book/*.ipynb)
EXECUTED  := $(NOTEBOOKS:book/%.ipynb=_build/executed/%.json)
PACKAGE   := $(shell find lstm_course -name '*.py')
PAGES     := $(NOTEBOOKS) $(wildcard book/*.md book/assets/* tools/learners/*.py) pyproject.toml $(PACKAGE)
# What every page depends on: when one of these changes, nothing of the last build is used again.
GROUND    := _config.yml _toc.yml $(wildcard book/_ext/*.py) book/references.bib tools/notebooks.py

.PHONY: help book executed test unit outputs browser coverage lab lab-new lab-source learners prove-learners \
  notebooks lint format bench clean venv FORCE
.DEFAULT_GOAL := help

help: ## this list
	@echo "make book        build the book: _build/html/index.html"
	@echo "make test        prove it: unit tests, every notebook's outputs, the build, the browser"
	@echo "make lab         work through the chapters in JupyterLab: your own copies, in work/"
	@echo "make lab-new     take the new version of a chapter, keeping yours: CHAPTER=12_lstm, or all"
	@echo "make lab-source  open the sources in JupyterLab, for authors"
	@echo "make notebooks   run the notebooks that changed (all, if the package did) and keep their text outputs"
	@echo "make lint        ruff, mypy, the package's arrows (import-linter), clean notebooks"
	@echo "make format      let ruff format the code and the notebooks"
	@echo "make bench       measure our speed beside torch's"
	@echo "make clean       remove what was built (.venv stays)"
	@echo
	@echo "Parts of 'make test': make unit, make outputs, make browser. Two at a time: make -j2 test."
	@echo "What the unit tests did not reach: make coverage, after make unit."
	@echo "Learners' notebooks: make learners makes them all and a zip; make prove-learners runs them all."
	@echo "Another Python:  make book PYTHON=/path/to/python3.12"

# --- the environment -------------------------------------------------------------------------

venv: $(STAMPS)/venv

# pip's own words are kept in a file, and shown when it fails.
$(STAMPS)/venv: requirements.txt pyproject.toml tools/find_python.sh $(if $(wildcard $(BIN)/python),,FORCE)
	@test -n "$(PYTHON)" || sh tools/find_python.sh
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON): a few minutes the first time"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@mkdir -p $(STAMPS)
	@{ $(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt && \
	   $(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	 } >$(STAMPS)/pip.log 2>&1 || { cat $(STAMPS)/pip.log >&2; exit 1; }
	@touch $@

# --- the book --------------------------------------------------------------------------------

book: executed
	@$(MAKE) --no-print-directory $(STAMPS)/book
	@echo
	@echo "The book is ready. Open it:  file://$(CURDIR)/_build/html/index.html"

# Runs on all cores what is not up to date, and nothing else; the comparison and the book share it.
executed: $(STAMPS)/venv
	@$(BIN)/python tools/notebooks.py execute

# The stamp is as old as the start of its build. A build that is broken off or fails leaves `building`
# behind, and the next one begins from nothing: Sphinx would not repeat the warnings of a page it knows.
$(STAMPS)/book: $(STAMPS)/ground $(EXECUTED) $(PAGES)
	@rm -f $@
	@test ! -e $(STAMPS)/building || rm -rf _build/html _build/.doctrees
	@touch $(STAMPS)/building
	$(BIN)/jupyter-book build . -n -W --keep-going
	@mv $(STAMPS)/building $@

$(STAMPS)/ground: $(STAMPS)/venv $(STAMPS)/files $(GROUND)
	@rm -rf _build/html _build/.doctrees $(STAMPS)/book
	@touch $@

$(STAMPS)/files: FORCE # which files there are: a page or a module that is gone is a change too
	@mkdir -p $(STAMPS)
	@echo $(sort $(PAGES)) | cmp -s - $@ || echo $(sort $(PAGES)) >$@

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

test: unit outputs browser
	@echo "Everything passed."

unit: $(STAMPS)/venv
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest tests --ignore=tests/browser -n 2 --dist worksteal --cov --cov-report= -q

outputs: executed
	$(BIN)/python tools/notebooks.py compare

browser: book
	CHROMIUM="$$($(BIN)/python tools/browser.py)" && export CHROMIUM && \
	  $(BIN)/python -m pytest tests/browser -n 2 --dist worksteal -q

coverage: $(STAMPS)/venv
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
	rm -rf _build $(addprefix $(STAMPS)/,book building ground files) .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage .coverage.*
