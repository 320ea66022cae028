# Every target is one line of a sentence; .ci/run calls the same ones.
PYTHON ?= python3
BIN := .venv/bin
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
PY := pacs viewer tests bench manage.py
# Two processes share the tests; those of the browser stay together. Their data never meets yours.
PYTEST := LIGHTBOX_DATA=$(CURDIR)/.make/test-data $(BIN)/python -m pytest
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format types layers unit frontend-test e2e bench screenshots clean

help: ## Say what can be made
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16

setup: .make/runtime .make/frontend ## Install what runs Lightbox and build the app

run: setup ## Start Lightbox (LIGHTBOX_BIND, LIGHTBOX_DATA, SAMPLES=0)
	@$(BIN)/python manage.py serve

test: .make/dev .make/frontend lint types layers frontend-test ## Check and test everything, in a real browser too
	@$(PYTEST) -n 2 -m "not e2e" && $(PYTEST) -m e2e

lint: .make/dev .make/node-modules ## Style and size of Python and TypeScript
	@$(BIN)/ruff check $(PY) && $(BIN)/ruff format --check $(PY) && cd frontend && sh with-node npm run --silent lint

format: .make/dev ## Put Python in its one form
	@$(BIN)/ruff format $(PY) && $(BIN)/ruff check --fix $(PY)

types: .make/dev ## Strict types
	@$(BIN)/mypy

layers: .make/dev ## Who may import whom
	@$(BIN)/lint-imports

unit: .make/dev ## Python tests without the browser
	@$(PYTEST) -n 2 -m "not e2e"

frontend-test: .make/frontend ## Unit tests and the first-load budget of the app
	@cd frontend && sh with-node npm run --silent test && sh with-node npm run --silent size

e2e: .make/dev .make/frontend ## The browser tests alone
	@$(PYTEST) -m e2e

screenshots: .make/dev .make/frontend ## Make docs/screenshots anew, with the browser tests
	@LIGHTBOX_TEST_SCREENSHOTS=docs/screenshots $(PYTEST) -m e2e

bench: .make/dev .make/frontend ## Print our figures beside their bars
	@$(BIN)/python -m bench

clean: ## Remove what setup made (never the data)
	@rm -rf .venv .make frontend/node_modules frontend/dist

.make/venv:
	@$(PYTHON) -c 'import sys; sys.exit("Lightbox needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv && mkdir -p .make && touch $@

.make/runtime: .make/venv requirements.txt
	@echo "Installing Python packages..." && $(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt && touch $@

.make/dev: .make/runtime requirements-dev.txt
	@echo "Installing development packages..." && $(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt && touch $@

.make/node-modules: .make/venv frontend/package-lock.json
	@echo "Installing the app's packages..." && cd frontend && sh with-node npm ci --silent --no-audit --no-fund && touch ../$@

.make/frontend: .make/node-modules $(FRONTEND_SOURCES)
	@echo "Building the app..." && cd frontend && { sh with-node npm run --silent build >../.make/build.log 2>&1 || { cat ../.make/build.log; exit 1; }; } && touch ../$@
