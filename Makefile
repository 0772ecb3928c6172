# Everything a person runs. `make demo` and `make test` are the two that matter.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := libs/sports libs/engine libs/common jobs/ingestion jobs/features jobs/training services/inference \
	services/sim-engine services/optimizer services/api apps/cli
DEMO_ARGS ?=

.PHONY: help demo up test lint install kernels web system contract lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: install web kernels ## load real seasons, train, simulate, build lineups and open the app
	@$(BIN)/sdp demo $(DEMO_ARGS)

up: install web kernels ## start every process and the app, without loading anything
	@$(BIN)/sdp up

test: install web kernels system ## run every check
	@$(BIN)/python tests/run.py

lint: install ## format check, lint, types and import contracts alone
	@$(BIN)/python tests/run.py lint

install: $(VENV)/.installed ## install the locked packages into .venv

$(VENV)/.installed: requirements/dev.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) deploy/install.py

kernels: $(VENV)/.kernels ## compile the engine's kernels ahead of their first use

$(VENV)/.kernels: $(VENV)/.installed $(shell find libs/engine/src -name '*.py')
	@$(BIN)/python deploy/kernels.py && touch $@

web: apps/web/dist/index.html ## build the web app

apps/web/node_modules/.package-lock.json: apps/web/package-lock.json apps/web/package.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed to build the web app: install it, then run this again."; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || { echo "Node.js 20 or newer is needed, this is $$(node --version)."; exit 1; }
	@cd apps/web && npm ci --no-fund --no-audit

apps/web/dist/index.html: apps/web/node_modules/.package-lock.json $(shell find apps/web/src apps/web/public apps/web/index.html apps/web/vite.config.ts -type f 2>/dev/null)
	@cd apps/web && npm run build

system: ## install what the browser tests need from the system, where allowed
	@bash tests/system.sh

contract: install ## write the API contract and the client generated from it
	@$(BIN)/python -m sdp_api.openapi > contracts/openapi.json
	@cd apps/web && npm run --silent generate

lock: install ## re-resolve and pin every requirement
	@bash deploy/lock.sh

clean: ## remove what was installed and built (never your data in .sdp)
	rm -rf $(VENV) apps/web/node_modules apps/web/dist .mypy_cache .ruff_cache .pytest_cache
