# Everything runs from .venv, built from requirements.lock with the machine's own python3.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install demo run check test lint unit quality chaos cover bench lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@echo "Building $(VENV); the first time takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# setuptools warns at length of what an editable install is, by its nature.
	PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

install: $(STAMP)  ## build .venv

demo: install  ## the whole bot against a local Telegram, no token needed
	$(BIN)/coinbell demo $(ARGS)

run: install  ## the bot, with config.toml
	$(BIN)/coinbell run $(ARGS)

check: install  ## configuration, token, database, prices and sources, a line each
	$(BIN)/coinbell check $(ARGS)

lint: install  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: install  ## the tests without the static checks; ARGS=tests/delivery for a part
	$(BIN)/pytest -n auto --ignore=tests/bench $(ARGS)

test: lint unit  ## every check

cover: install  ## the tests with branch coverage
	$(BIN)/coverage run -m pytest tests --ignore=tests/bench
	$(BIN)/coverage report --skip-covered --show-missing

# aiogram, which the outbox is measured against, bounds what it shares with us: it lives apart.
.venv-bench/.installed: tests/bench/requirements.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

bench: install .venv-bench/.installed  ## the figures of docs/benchmarks.md; ARGS=pace for one
	$(BIN)/python -m tests.bench $(ARGS)

quality: install  ## how well news is understood, on the corpus that COINBELL_CORPUS names; ARGS=assets for a part
	$(BIN)/python -m tests.quality $(ARGS)

chaos: install  ## kill the bot 100 times while everything flows; ARGS="--kills 20 --seed 7"
	$(BIN)/python -m tests.chaos $(ARGS)

lock: install  ## pin every dependency anew
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --constraint requirements.lock --output-file requirements-run.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file tests/bench/requirements.lock tests/bench/requirements.in

clean:  ## remove what was built
	rm -rf $(VENV) .venv-bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
