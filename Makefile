# Everything a newcomer runs. SCALE=1 is the city, 0.05 a twentieth of it.
SCALE ?= 0.05
SEED ?= 1
# of make accuracy, which also takes several seeds: SEED=1,2,3. EXPLAIN=1 shows examples of what went wrong
ERRORS ?= usual,wild
BIN := .venv/bin

# PYTHON=... names an interpreter; without it the first that will do is taken
PYTHON ?= python3.13 python3.12 python3.11 python3
WILL_DO := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
FOUND = $(firstword $(foreach python,$(PYTHON),$(shell $(python) -c '$(WILL_DO)' 2>/dev/null && echo $(python))))
MISSING := No Python 3.11, 3.12 or 3.13 with venv found (Debian, Ubuntu: apt-get install python3 python3-venv; elsewhere: make PYTHON=/path/to/python3)

BROWSER := chromium fonts-noto-cjk

INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: run test test-all browser lint lock ui bench accuracy bundle release clean

# 3 from refresh is no failure: all is done, and its last lines name the deliveries that were refused
run: .venv/run
	$(BIN)/suining sample --scale $(SCALE) --seed $(SEED) --keep
	$(BIN)/suining refresh || test $$? -eq 3

test: .venv/dev
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

test-all: .venv/dev browser
	$(BIN)/pytest -n 2 --dist worksteal

# the tests that click in Dagster's interface need a browser, and a font for their pictures
browser:
	@command -v chromium || { test "$$(id -u)" = 0 && apt-get update && apt-get install --yes $(BROWSER); } \
		|| { echo "No chromium found (Debian: apt-get install $(BROWSER))" >&2; exit 1; }

lint: .venv/dev
	$(BIN)/ruff check suining_data suining_data_tests deploy
	$(BIN)/ruff format --check suining_data suining_data_tests deploy
	$(BIN)/mypy
	$(BIN)/pytest -n 0 suining_data_tests/models/test_portable_sql.py

ui: .venv/run
	$(BIN)/suining ui

bench: .venv/run
	$(BIN)/python -m suining_data_tests.benchmarks.refresh --scale $(SCALE) --seed $(SEED)

accuracy: .venv/run
	$(BIN)/python -m suining_data_tests.benchmarks.accuracy --scale $(SCALE) --seeds $(SEED) --errors $(ERRORS) $(if $(EXPLAIN),--explain)

# one archive for a machine without a network; docs/operations.md says how to install it
bundle: .venv/run
	sh deploy/bundle.sh $(BIN)/python

# the bundle, what it consists of (CycloneDX), and the licences of that
release: .venv/dev
	$(BIN)/python deploy/sbom.py "$$(sh deploy/bundle.sh $(BIN)/python)"

clean:
	rm -rf .venv dist data/landing data/raw data/warehouse data/published data/registry data/truth data/reports data/dagster

# pins stay unless pyproject.toml forbids them; UPGRADE="--upgrade" or "--upgrade-package NAME" takes newer ones
lock: .venv/dev
	$(LOCK) $(UPGRADE) pyproject.toml --group build --output-file requirements.txt
	$(LOCK) $(UPGRADE) --no-deps --group postgres --output-file requirements-postgres.txt
	$(LOCK) $(UPGRADE) pyproject.toml --group build --group postgres --extra dev --constraints requirements.txt --constraints requirements-postgres.txt --output-file requirements-dev.txt

# the files name every package (--no-deps): pip 23.2 takes gql[requests] for another package than the pinned gql
.venv/run: requirements.txt pyproject.toml
	$(BIN)/python -c '$(WILL_DO)' 2>/dev/null || $(or $(FOUND),$(error $(MISSING))) -m venv --clear .venv
	$(INSTALL) --require-hashes --no-deps --only-binary :all: -r requirements.txt
	$(INSTALL) --no-index --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(INSTALL) --require-hashes --no-deps --no-build-isolation -r requirements-dev.txt
	touch $@
