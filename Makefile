# Two commands: `make demo` shows the server, `make test` passes the tests.
PYTHON ?= python3
PORT ?= 8080
DATA ?= var/demo
BIN := .venv/bin

.PHONY: demo test check soak bench docs install tools generate lock clean

demo: .venv/installed
	@$(BIN)/vo-server demo --port $(PORT) --data-dir $(DATA)

test: .venv/installed-dev tools
	$(BIN)/pytest

# Everything that can be said without running the program.
check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mkdocs build --strict --quiet

# The storms and long fuzzing of which `make test` runs a fiftieth.
soak: .venv/installed-dev tools
	VO_TEST_SOAK=1 $(BIN)/pytest

# The translator beside sqlglot; queries under policies beside those without; exports beside COPY; the
# server beside PostgreSQL itself, and beside a DaCHS that runs at DACHS (…/tap). Figures also go to
# var/bench/auth.json, exports.json and tap.json.
bench: .venv/installed-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks.adql
	$(BIN)/python -m benchmarks.auth
	$(BIN)/python -m benchmarks.exports
	$(BIN)/python -m benchmarks.tap $(if $(DACHS),--dachs $(DACHS))

docs: .venv/installed-dev
	$(BIN)/mkdocs serve

install: .venv/installed

# Debian packages that some tests drive; where they can't be installed, those tests skip.
tools:
	@sh tests/install-tools.sh

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Write what comes from the declarations: schemas/facts_*.txt, docs/tables.md, docs/adql.md and
# resources/dachs.
generate: .venv/installed-dev
	$(BIN)/python -m tests.support.regenerate

# Pin every package anew, after changing pyproject.toml.
lock: .venv/installed-dev
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf .venv var site
