# One word each. "make" alone lists them.

PYTHONS := python3.11 python3 python3.12 python3.13 python3.14
BIN := .venv/bin
LAUNCH := $(BIN)/python -m server.launch
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOADS := load-identity load-market load-search load-fanout load-guards load-leads
JOURNEYS := $(wildcard tests/journeys/package-lock.json)

export PYTHONPATH := .:platform

.DEFAULT_GOAL := help
.PHONY: help install install-dev assets run test check soak schema load $(LOADS) shell clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-13s %s\n", $$1, $$2 }'

install: .venv/.installed  ## the virtual environment with what the product needs

install-dev: .venv/.installed-dev $(if $(JOURNEYS),tests/journeys/node_modules/.installed)  ## and what tests and linters need

assets: .venv/.assets  ## GraphiQL's scripts, to be served by ourselves where npm is at hand

run: install assets  ## the whole product on http://localhost:8000 (or PORT=...), with demo data
	exec $(LAUNCH) run

test: install-dev .venv/.assets-dev  ## every test but the long ones, on all cores
	exec $(LAUNCH) test --parallel -- pytest -m "not soak" -q -n auto

soak: install-dev .venv/.assets-dev  ## the long tests: faults, properties, load
	ISOLATION_RELATIONS=3 exec $(LAUNCH) test -- pytest -m "soak or deep" -q

check: .venv/.installed-dev  ## linters, types, import contracts, the printed schema, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	exec $(LAUNCH) test -- sh -ec 'mypy; python manage.py print_schema --check; python manage.py makemigrations --check --dry-run'

schema: install  ## print the API's schema into schema/schema.graphql
	exec $(LAUNCH) exec -- python manage.py print_schema

load: install-dev  ## measure the API beside raw ASGI and SQL
	exec $(LAUNCH) exec -- python -m tests.load

load-identity:  ## measure sign-ins, and what tokens, row security and audits cost
load-market:  ## measure how fast published orders reach 500 listening providers
load-search:  ## measure how searches for providers grow with their number
load-fanout:  ## measure how messages reach 2,000 sockets, beside a Node server
load-guards:  ## measure what limits, costs and rates take, and how hostile documents fare
load-leads:  ## measure spends of credits, claims of leads, and how matching grows with providers

$(LOADS): load-%: install-dev
	exec $(LAUNCH) exec -- python -m tests.load.$*

shell: install  ## Django's shell on the development data
	exec $(LAUNCH) exec -- python manage.py shell

clean:  ## delete all that these commands have made, the development data included
	test ! -L .data/elsewhere || rm -rf -- "$$(readlink .data/elsewhere)"
	rm -rf .data .venv staticfiles tests/journeys/node_modules tests/load/fanout/node_modules
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@for python in $(PYTHON) $(PYTHONS); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" -m venv --clear .venv && touch $@ && exit 0; \
			echo 'This Python cannot make virtual environments; on Debian: apt install python3-venv' >&2; \
			exit 1; \
		fi; \
	done; \
	echo 'Fundi needs Python 3.11 or newer; name one with: make run PYTHON=/path/to/python3' >&2; \
	exit 1

.venv/.installed: requirements.txt .venv/.made
	$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements.txt .venv/.made
	$(PIP) -r requirements-dev.txt
	@touch .venv/.installed $@

# Once without and once with the npm that the tests' requirements bring along.
.venv/.assets: platform/server/graphiql_assets.py .venv/.installed
	$(BIN)/python -m server.graphiql_assets
	@touch $@

.venv/.assets-dev: platform/server/graphiql_assets.py .venv/.installed-dev
	$(BIN)/python -m server.graphiql_assets
	@touch .venv/.assets $@

tests/journeys/node_modules/.installed: tests/journeys/package-lock.json .venv/.installed-dev
	cd tests/journeys && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
