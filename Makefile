# Each target makes what it needs: `make test` works on a machine that has Python and nothing else.
# `make test PYTHON=python3.13 VENV=.venv-3.13` runs the tests on another Python.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest -n logical --dist worksteal

.PHONY: demo test test-all lint format generate check-generated docs check release-check clean

# The pip of a new environment may be too old to know dependency groups.
$(VENV)/installed: setup.py pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install -qq --disable-pip-version-check --editable '.[go,cel,cluster,distributed]' \
		--group test --group lint
	touch $@

$(VENV)/released: $(VENV)/installed
	$(BIN)/pip install -qq --disable-pip-version-check --group release
	touch $@

$(VENV)/documented: $(VENV)/installed
	$(BIN)/pip install -qq --disable-pip-version-check --group docs
	touch $@

demo: $(VENV)/installed  ## a tour on examples/: check, show, export, and a cluster that is none
	@PYTHONPATH=tests $(BIN)/python examples/tour.py

test: $(VENV)/installed  ## all tests but the slowest few
	$(PYTEST) -m 'not slow'

test-all: $(VENV)/installed  ## all tests, and how much of the package they reach
	$(PYTEST) --cov

lint: $(VENV)/installed  ## what can be told without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed  ## lay out the code, and mend what can be mended without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(VENV)/installed  ## write libsonnet/, its twins and the pages of docs/ from the model
	$(BIN)/pyimagestream generate

check-generated: $(VENV)/installed  ## whether those files are what the model makes
	$(BIN)/pyimagestream generate --check

# Needs Python 3.11 or newer.
docs: $(VENV)/documented  ## the documentation as a site, in site/; a link that leads nowhere fails
	$(BIN)/zensical build --clean --strict

check: lint check-generated docs demo test-all  ## all of it

release-check: $(VENV)/released  ## whether what would be published is fit for it, see .ci/release-check
	VENV=$(VENV) .ci/release-check $(TAG)

clean:
	rm -rf $(VENV) $(VENV)-* build dist site *.egg-info .coverage* htmlcov
