# Kataban: `make run` sets everything up and runs the main job, `make test` sets up and runs the suite.
#   make run                             the bundled sample orders against the sample market on this machine
#   make run QUEUE=file MARKET=sample    your own file against the sample market
#   make run QUEUE=file                  your own file, live
#   make week                            a simulated week on the sample market, its figures (docs/sample-market.md)

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
HOME_SAMPLE := $(if $(KATABAN_HOME),$(KATABAN_HOME),var/sample)
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: run test setup browser lint bench-matcher week clean

run: setup browser
ifeq ($(QUEUE),)
	@echo "No QUEUE given: the bundled sample orders against the sample market on this machine. Nothing leaves it."
	@KATABAN_HOME=$(HOME_SAMPLE) $(PY) -m kataban.sample_market orders $(HOME_SAMPLE)/orders.csv
	@KATABAN_HOME=$(HOME_SAMPLE) $(PY) -m kataban.sample_market run -- $(SHELL) tools/run.sh $(HOME_SAMPLE)/orders.csv
else ifeq ($(MARKET),sample)
	@echo "Your file against the sample market on this machine. Nothing leaves it."
	@KATABAN_HOME=$(HOME_SAMPLE) $(PY) -m kataban.sample_market run -- $(SHELL) tools/run.sh "$(QUEUE)"
else
	@$(SHELL) tools/run.sh "$(QUEUE)"
endif

test: setup $(VENV)/.test browser
	@$(SHELL) tools/test.sh $(ARGS)

lint: $(VENV)/.test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

setup: $(VENV)/.run

browser:
	@$(SHELL) tools/browser.sh

$(VENV)/bin/python:
	@$(SHELL) tools/venv.sh $(PYTHON) $(VENV)

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

bench-matcher: $(VENV)/.test
	$(PY) -m tests.matcher.bench $(KATABAN_CAPTURES)

week: $(VENV)/.test
	$(PY) -m tests.week $(ARGS)

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
