# Each target makes what it needs: `make test` works on a machine that has Python and nothing else.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint generate clean

$(VENV)/installed: setup.py pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check --editable '.[test,lint]'
	touch $@

demo: $(VENV)/installed  ## print the manifests of examples/, made by Jsonnet and checked by Python
	$(BIN)/pyimagestream eval examples/imports.jsonnet --ext-str env=dev -o yaml
	$(BIN)/pyimagestream validate examples/imports.jsonnet --ext-str env=dev

test: $(VENV)/installed
	$(BIN)/pytest

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

generate: $(VENV)/installed  ## write libsonnet/ and docs/imageStreamImport.md from the model
	$(BIN)/pyimagestream generate

clean:
	rm -rf $(VENV) build dist *.egg-info
