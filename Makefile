# make demo      read the sample forms and print what was read (installs what that needs)
# make test      all tests (installs everything)
# make check     style, types, layers
# make bench     how fast, how large, beside others
# make install   .venv with everything

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

.PHONY: demo test check bench install clean

demo: .venv/reading.stamp
	@mkdir -p build/demo
	@for form in deposit-slip score-sheet expense-claim; do \
	  echo "formreader process samples/$$form/scans --template samples/$$form/template.json --output build/demo/$$form.csv --show"; \
	  $(BIN)/formreader process samples/$$form/scans --template samples/$$form/template.json \
	    --output build/demo/$$form.csv --show || exit; \
	done
	@echo "formreader is in $(BIN): . $(BIN)/activate puts it on the path of this shell"

test: install
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile

check: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python tests/benchmarks/throughput.py
	$(BIN)/python tests/benchmarks/startup.py
	$(BIN)/python tests/benchmarks/memory.py

install: .venv/everything.stamp

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/made.stamp:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/reading.stamp: pyproject.toml constraints.txt | .venv/made.stamp
	$(PIP_INSTALL) .
	@touch $@

.venv/everything.stamp: pyproject.toml constraints.txt | .venv/made.stamp
	$(PIP_INSTALL) '.[dev]'
	@touch .venv/reading.stamp $@
