# `make` prints help. GNU make; on Windows run it from Git Bash.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
STAMP := $(VENV)/.ready

# What `make demo` runs.
TEMPLATE ?= coordinated_behaviour
DATA ?= data/samples/world.csv.gz
SOURCE ?= csv
OPTIONS ?= --mapping data/samples/world.toml -p known_groups=data/samples/known_groups.csv
CASE ?= data/cases/demo
TESTS ?=
UPGRADE ?=
BENCH ?=

.PHONY: help env spark demo lab test check format bench lock samples widgets clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# Rebuilt only where the lock or the package's metadata changed.
$(STAMP): requirements.lock pyproject.toml
	@python=""; for candidate in $${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do \
	  if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
	    >/dev/null 2>&1; then python="$$candidate"; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11, 3.12 or 3.13 that can make environments was found." >&2; \
	  echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv)," >&2; \
	  echo "or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; fi; \
	echo "Creating the environment in $(VENV) with $$("$$python" --version); the first time takes a few minutes."; \
	"$$python" -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

env: $(STAMP) ## create the environment in .venv from the hash-pinned lock

spark: $(STAMP) ## add Apache Spark to the environment (half a gigabyte; needs Java 17)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock

demo: $(STAMP) ## run the main job on the bundled sample and say where the report is
	@$(BIN)/investigate run $(TEMPLATE) --data $(DATA) --source $(SOURCE) $(OPTIONS) --case $(CASE)
	@$(PY) -c "import pathlib, sys; found = sorted(pathlib.Path('$(CASE)').rglob('report.html'), key=lambda p: p.stat().st_mtime); \
	print('\nOpen the report:', found[-1].resolve()) if found else sys.exit('no report.html under $(CASE)')"

lab: $(STAMP) ## open JupyterLab at notebooks/
	@$(BIN)/jupyter lab --notebook-dir=notebooks

test: $(STAMP) ## run all tests (one file: make test TESTS=tests/test_case.py)
	@$(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(STAMP) ## style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## put all Python files into one layout
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

bench: $(STAMP) ## measure speed and detection quality (more: make bench BENCH=--large)
	@$(PY) -m benchmarks $(BENCH)

lock: ## resolve the dependencies into the lock files (newer versions: make lock UPGRADE=--upgrade)
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	python=$$(command -v python3.11 || command -v python3); \
	"$$python" -m venv "$$folder"; bin="$$folder/$(notdir $(BIN))"; \
	"$$bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	options="--universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet $(UPGRADE)"; \
	"$$bin/python" -m uv pip compile pyproject.toml --extra lab --extra dev $$options --output-file requirements.lock; \
	"$$python" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["spark"], sep="\n")' \
	  > "$$folder/spark.in"; \
	"$$bin/python" -m uv pip compile "$$folder/spark.in" $$options --output-file requirements-spark.lock

samples: $(STAMP) ## make data/samples/ again from the seeded simulator
	@$(PY) -m investigate.simulate data/samples

# Rebuilt only where the lock of the front end changed. No install script runs.
js/node_modules/.package-lock.json: js/package-lock.json
	@cd js && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

widgets: js/node_modules/.package-lock.json ## build the browser files from js/ (needs node 20; only after a change there)
	@cd js && node build.mjs

clean: ## remove the environment and everything built (cases and downloads stay)
	@rm -rf $(VENV) build dist js/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
