# Xinheng: every task of the project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
UV ?= uv
DIR ?= var/demo
DEMO_FLAGS ?=
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/xinheng
ASSETS := src/xinheng/web/assets

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-postgres lint check prove bench messages sbom lock

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: .venv/.ready $(ASSETS)/.ready messages ## environment, locked dependencies, assets

.venv/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(ASSETS)/.ready: package-lock.json
	npm ci --no-audit --no-fund --silent
	mkdir -p $(ASSETS)
	cp node_modules/htmx.org/dist/htmx.min.js $(ASSETS)/
	touch $@

messages: .venv/.ready
	$(BIN)/python -m xinheng.web.messages compile

demo: setup ## build the demo city 示例市, print its table, serve it
	$(BIN)/xinheng demo --dir $(DIR) $(DEMO_FLAGS)

test: setup ## the whole test suite on SQLite
	$(BIN)/python -m pytest -n 2 --dist worksteal

# core, rulebook and pipeline import no Django: nothing of theirs differs by database. What
# else is left out meets no database, or has an embedded one of its own in any case.
# A test database need not survive a loss of power, so its commits don't wait for the disk.
ON_ONE_DATABASE := tests/core tests/pipeline tests/rulebook tests/deploy \
	tests/cli/test_bulletin.py tests/cli/test_check.py tests/cli/test_codes.py \
	tests/cli/test_crossfoot.py tests/cli/test_demo.py tests/cli/test_failures.py \
	tests/cli/test_ledger.py tests/cli/test_ledger_witness.py \
	tests/proofs/test_exchange.py tests/proofs/test_rubbish.py \
	tests/test_architecture.py tests/test_docs.py tests/test_repository.py \
	tests/test_verifier.py

test-postgres: setup ## every test that meets a database, on PostgreSQL (POSTGRES_URL)
	DATABASE_URL=$(POSTGRES_URL) PGOPTIONS="-c synchronous_commit=off" \
	$(BIN)/python -m pytest -n 2 --dist worksteal $(addprefix --ignore=,$(ON_ONE_DATABASE))

lint: setup ## style, types, contracts between the layers
	$(BIN)/ruff format --check src tests benches
	$(BIN)/ruff check src tests benches
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run --settings xinheng.project.settings_test

check: lint test test-postgres ## what CI runs

.venv/.peers-ready: .venv/.ready requirements-peers.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-peers.lock
	touch $@

prove: setup .venv/.peers-ready ## the long proofs, whole; writes docs/reference/proofs.md
	$(BIN)/python -m tests.proofs.prove

bench: setup .venv/.peers-ready ## every bench, small; `xinheng bench NAME` runs one in full
	$(BIN)/xinheng bench --small

sbom: .venv/.ready ## list what is locked, as CycloneDX: dist/sbom-*.cdx.json
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --of JSON -o dist/sbom-python.cdx.json
	npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx > dist/sbom-assets.cdx.json

lock: .venv/.ready ## resolve the dependencies anew
	$(UV) pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(UV) pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(UV) pip compile --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra dev --extra peers -c requirements-dev.lock pyproject.toml -o requirements-peers.lock
