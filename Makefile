# To try it: make demo, make test. To change it: make check, and the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo check test lint types imports unit pytest postgresql-test browser-test crash crash-postgresql wheel-test dist lock texts clean benchmark

# The environment is remade when a lock file or the list of packages changes.
.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Installing packages, which takes about a minute…"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/ready

# With exec, a signal to make reaches the demo itself, which ends its bot.
demo: .venv/ready
	@exec $(BIN)/python -m bot demo

# What finds most mistakes in under a minute. Types and tests run side by side.
check: .venv/ready
	$(MAKE) --no-print-directory --jobs 2 lint types imports unit

# Everything but the browser's tests.
test: .venv/ready lint types imports pytest

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports

unit: .venv/ready
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal tests/unit

# The browser's tests are the only ones that need more than Python: see browser-test. Most of the
# others wait for something, so that more of them than there are processors run at a time.
pytest: .venv/ready
	$(BIN)/python -m pytest --quiet --numprocesses 4 --dist worksteal --ignore tests/browser

# The bot end to end with its database on PostgreSQL, and all else that uses one: Debian's is started.
postgresql-test: .venv/ready
	TEST_ENGINE=postgresql $(BIN)/python -m pytest --quiet --numprocesses 4 --dist worksteal \
		tests/end_to_end tests/property tests/integration/db

# Needs Debian's chromium; the file it writes is the picture in the README.
browser-test: .venv/ready
	$(BIN)/python -m pytest --quiet tests/browser

# Kills the bot two hundred times, in seven minutes or so; SEED=2 kills elsewhere. Writes the page.
SEED ?= 1
crash: .venv/ready
	$(BIN)/python -m tests.crash --kills 200 --seed $(SEED) --report docs/reliability.md

# The same on PostgreSQL, with three processes at a time; writes no page.
crash-postgresql: .venv/ready
	$(BIN)/python -m tests.crash --kills 200 --seed $(SEED) --database postgresql --processes 3

# The bot beside the naive way, both as processes over the wire, in one run; no part of the tests.
benchmark: .venv/ready
	$(BIN)/python -m tests.benchmarks --write docs/performance.md

# What the image is made of, installed and started as the image does, without an engine.
wheel-test: .venv/ready
	PYTHON=$(PYTHON) .ci/wheel

# The files of a release: the source archive, and the wheel that is built from it. Only what builds
# them is installed for it, not what the tests need.
dist:
	$(PYTHON) -m venv build/environment
	build/environment/bin/python -m pip install --quiet --require-hashes --requirement requirements/build.txt
	build/environment/bin/python -m build --no-isolation --outdir dist .

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
lock:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) pyproject.toml --output-file requirements/bot.txt
	$(LOCK) pyproject.toml --extra demo --constraint requirements/bot.txt --output-file requirements/demo.txt
	$(LOCK) --group build --constraint requirements/demo.txt --output-file requirements/build.txt
	$(LOCK) pyproject.toml --group dev --constraint requirements/demo.txt \
		--constraint requirements/build.txt --output-file requirements/dev.txt

# Extracts the texts for translators, and compiles the catalogues that there are: docs/translating.md.
texts: .venv/ready
	mkdir -p build
	$(BIN)/pybabel --quiet extract --no-default-keywords --keyword Text --keyword CountedText:1,1 \
		--project modelhunter-discord-bot --add-comments Translators: \
		--add-location file --output-file build/bot.pot bot/locales
ifneq ($(wildcard bot/locales/*/LC_MESSAGES/bot.po),)
	$(BIN)/pybabel --quiet update --domain bot --ignore-pot-creation-date \
		--input-file build/bot.pot --output-dir bot/locales
	$(BIN)/pybabel --quiet compile --domain bot --directory bot/locales
endif

clean:
	rm -rf .venv build dist demo-output
