# Thin on purpose: every target calls amlctl, or one tool. CI should call amlctl itself, whose exit codes mean something.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
AMLCTL := $(BIN)/amlctl

# ENV is compared with the files as text, before any shell or make sees it: what is not a name of theirs is never expanded.
# One that comes from the surrounding shell (POSIX shells know an ENV of their own) counts where it is such a name.
ENVIRONMENTS := $(filter-out _%,$(notdir $(basename $(wildcard environments/*.yaml))))
KNOWN := $(and $(filter 1,$(words $(value ENV))),$(filter $(ENVIRONMENTS) all,$(value ENV)))
ifeq ($(origin ENV),command line)
  ifneq ($(KNOWN),$(value ENV))
    $(error ENV must be one of: $(ENVIRONMENTS) all)
  endif
endif
override ENV := $(KNOWN)
NEEDED = $(if $(ENV),,$(error say which environment: make $@ ENV=dev   (one of: $(ENVIRONMENTS))))-e $(ENV)

##@ Every day
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

validate: $(VENV)/run.stamp ## Check environments without a login   [ENV=dev]
	$(AMLCTL) validate -e $(or $(ENV),all) $(ARGS)

render: $(VENV)/run.stamp ## Write infra/<env> and pipelines/ from environments/ and templates/   [ENV=dev]
	$(AMLCTL) render -e $(or $(ENV),all) $(ARGS)

check: $(VENV)/run.stamp ## Prove that what is rendered is fresh (exit 2 where it is not)   [ENV=dev]
	$(AMLCTL) render --check -e $(or $(ENV),all) $(ARGS)

plan: $(VENV)/run.stamp ## Show what a deployment would do   ENV=dev
	$(AMLCTL) plan $(NEEDED) $(ARGS)

deploy: $(VENV)/run.stamp ## Render, plan, deploy and bootstrap   ENV=dev
	@$(AMLCTL) render --quiet $(NEEDED)
	@$(AMLCTL) deploy $(NEEDED) $(ARGS)

bootstrap: $(VENV)/run.stamp ## Reconcile what ARM cannot   ENV=dev
	$(AMLCTL) bootstrap $(NEEDED) $(ARGS)

local: $(VENV)/run.stamp ## Start the local ARM endpoint and print what a foreign client needs
	@$(AMLCTL) local start
	@$(AMLCTL) local env

##@ Developing
setup: $(VENV)/dev.stamp ## Install everything from the hash-locked files into .venv

test: $(VENV)/dev.stamp ## Format, lint, types and all tests: what CI runs
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile -q

lint: $(VENV)/dev.stamp ## Format, lint and types alone
	$(BIN)/ruff format .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/bench.stamp ## Timings against peers; never part of a test
	$(BIN)/python -m tests.bench $(ARGS)

conformance: $(VENV)/dev.stamp ## Official samples and recorded ARM traffic   BICEP=DIR ARM=DIR
	$(BIN)/python -m tests.conformance $(if $(value BICEP),--bicep "$$BICEP") $(if $(value ARM),--arm "$$ARM") $(ARGS)

export BICEP ARM

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit("amlctl needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# One install a file, from the hash-locked lists alone; the package itself is put in place by the locked build backend.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml $(VENV)/python.stamp
	@echo "installing what runs (requirements/run.txt) into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "installing what tests (requirements/dev.txt) into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/dev.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

.PHONY: help validate render check plan deploy bootstrap local setup test lint bench conformance
