# Needs Python 3.11 to 3.13, make and a package index; everything else is made in .venv/.

PYTHON   ?= python3
CAMPAIGN ?= quang_nam_2023
AS_OF    ?=
FROM     ?=

# An activated conda environment made of environment.yml is used as it is with CONDA=1; nothing is installed.
CONDA ?=
VENV := .venv
BIN  := $(if $(CONDA),$(or $(CONDA_PREFIX),$(error CONDA=1 needs an activated environment; run: conda activate analysis))/bin,$(VENV)/bin)
RUNTIME := $(if $(CONDA),,$(VENV)/runtime)
DEV  := $(if $(CONDA),,$(VENV)/dev)
UV   := $(BIN)/uv
# uv does not read pip's settings; hand it the index pip was told to use, if it was told one.
PIP_INDEX = $(or $(PIP_INDEX_URL),$(shell $(BIN)/python -m pip config get global.index-url 2>/dev/null))
INSTALL   = $(if $(PIP_INDEX),UV_DEFAULT_INDEX=$(PIP_INDEX) )$(UV) pip install --quiet --compile-bytecode --python

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test test-static test-notebooks test-code lint lab validation languages bench faults mutants docs lock clean

help: ## List what there is to make
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  variables: CAMPAIGN=$(CAMPAIGN) AS_OF=<the campaign's own> FROM=<folder with copies of the files to fetch> CONDA=1"

report: $(RUNTIME) ## Publish the report of CAMPAIGN as of AS_OF
	@if [ -f data/raw/$(CAMPAIGN)/sources.csv ] && [ ! -f data/raw/$(CAMPAIGN)/received.csv ]; then \
	  $(BIN)/analysis fetch $(CAMPAIGN) $(if $(FROM),--from $(FROM)); fi
	@$(BIN)/analysis run --campaign $(CAMPAIGN) $(if $(AS_OF),--as-of "$(AS_OF)") || [ $$? -eq 10 ] # 10: published, with warnings

test: $(DEV) ## Run every check: tests, notebooks, linter, types
	@$(MAKE) --no-print-directory --jobs 3 --output-sync=target test-static test-notebooks test-code

# Side by side: types are checked and notebooks run on one core. With worksteal no core waits for the last long
# file, and a file's tests still follow each other, so that they share what it makes once.
test-static:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test-notebooks:
	$(BIN)/pytest --nbval --nbval-current-env --nbval-cell-timeout=300 --nbval-sanitize-with tests/nbval.cfg notebooks

test-code:
	$(BIN)/pytest tests -n 2 --dist worksteal

lint: $(DEV) ## Format the code and run linter and type checker
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/mypy

lab: $(DEV) ## Open JupyterLab on the project
	$(BIN)/jupyter lab --ServerApp.root_dir=. $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/01_clean.ipynb

validation: $(DEV) ## Run the long settings of notebooks/validation into reports/validation (minutes)
	mkdir -p reports/validation
	$(BIN)/papermill notebooks/validation/coverage.ipynb reports/validation/coverage.ipynb -p redraws 2000 -p campaigns 1000
	$(BIN)/papermill notebooks/validation/size_and_power.ipynb reports/validation/size_and_power.ipynb -p campaigns 2000 -p shapes 2000 -p draws 1000
	$(BIN)/papermill notebooks/validation/chosen.ipynb reports/validation/chosen.ipynb -p campaigns 1000

languages: $(DEV) ## Publish every campaign in every language and read all forms back (minutes)
	$(BIN)/python -m tests.report.languages $(if $(filter command line,$(origin CAMPAIGN)),$(CAMPAIGN))

bench: $(VENV)/bench ## Measure against peers, side by side
	$(BIN)/python -m benchmarks

faults: $(DEV) ## Kill, fill, lock and starve runs; the last good report must survive
	$(BIN)/python -m benchmarks.faults

mutants: $(VENV)/mutants ## Change values, places and store line by line; the tests must notice
	rm -rf mutants
	$(VENV)-mutants/bin/mutmut run --max-children 1
	$(VENV)-mutants/bin/mutmut results

docs: $(DEV) ## Re-execute the committed notebooks, make the sample report and the pictures of the documentation anew
	$(BIN)/python notebooks/refresh.py
	rm -rf reports/quang_nam_2023/2023-09-18T0800*
	$(BIN)/analysis run --campaign quang_nam_2023 || [ $$? -eq 10 ]
	rm -rf reports/sample
	cp -r reports/quang_nam_2023/2023-09-18T0800 reports/sample
	$(BIN)/python docs/images/picture.py

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --custom-compile-command "make lock"

lock: $(UV) ## Resolve the dependencies anew
	$(COMPILE) --group pyproject.toml:setup -o requirements/setup.txt
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --group dev --constraints requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra cluster --constraints requirements/runtime.txt -o requirements/cluster.txt
	$(COMPILE) --group pyproject.toml:bench -o requirements/bench.txt

environment.yml: pyproject.toml $(VENV)/dev
	$(BIN)/python -m pyproject2conda yaml --group dev --name analysis --python-include "python>=3.11,<3.14" \
	  --pip-dep="--editable ." --custom-command "make environment.yml" --overwrite force --output $@

clean: ## Remove what was made: environments, processed data, reports, caches
	rm -rf $(VENV) $(VENV)-bench $(VENV)-mutants mutants data/processed .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find reports -mindepth 1 -maxdepth 1 ! -name sample -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- environments, from the hashed locks -------------------------------------------------------------------

$(UV): requirements/setup.txt
	@$(PYTHON) -c 'import sys; print("Python", sys.version.split()[0], "at", sys.executable); sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11 to 3.13 is needed; name one with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/setup.txt
	@touch $@

$(VENV)/runtime: $(UV) requirements/runtime.txt pyproject.toml
	$(INSTALL) $(VENV) --require-hashes -r requirements/runtime.txt
	$(INSTALL) $(VENV) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src # the installer does not, and a Python that may not write would at every start
	@touch $@

$(VENV)/dev: $(VENV)/runtime requirements/dev.txt
	$(INSTALL) $(VENV) --require-hashes -r requirements/dev.txt
	mkdir -p $(VENV)/etc/jupyter && ln -sf $(CURDIR)/notebooks/config/*.py $(VENV)/etc/jupyter/
	@touch $@

$(VENV)/bench: $(VENV)/dev requirements/bench.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(INSTALL) $(VENV)-bench --require-hashes -r requirements/bench.txt
	@touch $@

# Without this package: mutmut puts its changed copy of it on the path.
$(VENV)/mutants: $(VENV)/dev requirements/dev.txt
	$(PYTHON) -m venv $(VENV)-mutants
	$(INSTALL) $(VENV)-mutants --require-hashes -r requirements/runtime.txt
	$(INSTALL) $(VENV)-mutants --require-hashes -r requirements/dev.txt
	$(INSTALL) $(VENV)-mutants mutmut==3.8.1
	@touch $@
