# Everything that is done with this folder; `make help` lists it.
# Needed: make, and Python 3.11 or newer with its venv module. PYTHON=/path/to/python3 chooses another one.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadgroup

# What is compiled once is kept: tests and server start dozens of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run platform test check soak bench devdata lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## set up and serve the demo campaign on http://127.0.0.1:8000 (LVDA_PORT, LVDA_DATA_DIR… from the environment)
	@exec $(BIN)/lvda serve --demo

platform: $(VENV)/.run  ## simulate WeChat and WeCom on http://127.0.0.1:8899: phones to chat with the product by (docs/simulator.md)
	@exec env PYTHONPATH=tests $(BIN)/python -m simulator

test: $(VENV)/.test  ## set up and run every test
	$(PYTEST) $(ARGS)

check: $(VENV)/.test  ## lint, format, types and the import contract
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(VENV)/.test  ## races and faults, fifty times each
	LVDA_TEST_REPEATS=50 $(PYTEST) -m race $(ARGS)

bench: $(VENV)/.test  ## the benchmarks: a table, and var/bench.json
	$(BIN)/python -m bench $(ARGS)

devdata: $(VENV)/.run  ## a large made-up campaign in the data folder
	$(BIN)/python -m bench.devdata $(ARGS)

lock: $(VENV)/.test  ## write requirements/*.txt again from pyproject.toml (ARGS=--upgrade: with the newest versions)
	$(BIN)/python requirements/lock.py $(ARGS)

clean:  ## remove what was installed and cached here (never the data folder)
	rm -rf $(VENV) *.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# The environment, by stamp files: made once, brought up to date when a lock changes.

$(VENV)/.python:
	@set -e; chosen=; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then chosen="$$python"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	  echo "Python 3.11 or newer is needed, and $(if $(PYTHON),$(PYTHON) is not one,none was found): install it, or run 'make PYTHON=/path/to/python3 …'." >&2; exit 1; \
	fi; \
	if ! "$$chosen" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$chosen has no venv module: install it (Debian, Ubuntu: 'apt install python3-venv'), then run make again." >&2; exit 1; \
	fi; \
	"$$chosen" -m venv $(VENV); touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt requirements/uv.txt requirements/install.py pyproject.toml
	@$(BIN)/python requirements/install.py requirements/run.txt && touch $@

$(VENV)/.test: $(VENV)/.python requirements/test.txt requirements/uv.txt requirements/install.py pyproject.toml
	@$(BIN)/python requirements/install.py requirements/test.txt && touch $@ $(VENV)/.run
