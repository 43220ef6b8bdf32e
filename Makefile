# Everything a newcomer runs. SCALE=1 is the city, 0.05 a twentieth of it.
SCALE ?= 0.05
SEED ?= 1
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: run test test-all lint ui bench accuracy clean

run: .venv/run
	$(BIN)/suining sample --scale $(SCALE) --seed $(SEED) --keep
	$(BIN)/suining refresh

test: .venv/dev
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-all: .venv/dev
	$(BIN)/pytest -n 2 --dist worksteal

lint: .venv/dev
	$(BIN)/ruff check suining_data suining_data_tests
	$(BIN)/ruff format --check suining_data suining_data_tests
	$(BIN)/mypy

ui: .venv/run
	$(BIN)/suining ui

bench: .venv/run
	$(BIN)/python -m suining_data_tests.benchmarks.refresh --scale $(SCALE) --seed $(SEED)

accuracy: .venv/run
	$(BIN)/python -m suining_data_tests.benchmarks.accuracy --scale $(SCALE) --seeds $(SEED)

clean:
	rm -rf .venv data/landing data/raw data/warehouse data/published data/registry data/truth data/reports data/dagster

.venv/run: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
