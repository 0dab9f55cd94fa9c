# Everything a newcomer types. `make help` lists it.
PY := .venv/bin/python
PORT ?= 8501

.PHONY: help run demo replicas test lint bench security soak faults clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/app ## Serve the app on port $(PORT); prints its address and, the first time, a set-up link
	@.venv/bin/mcm serve --port $(PORT)

demo: .venv/app ## Serve a second database with a finished cohort and one in session three
	@.venv/bin/mcm demo $(if $(findstring command,$(origin PORT)),--port $(PORT))

replicas: .venv/dev ## Serve with two processes, PostgreSQL and a balancer, from Debian's packages
	@$(PY) -m deploy.local --port $(PORT)

test: .venv/dev ## Run every test (SQLite and PostgreSQL, pages, browser)
	@$(PY) -m pytest -n auto --dist loadscope

lint: .venv/dev ## Ruff and mypy
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

bench: .venv/dev ## Drive a running server as N phones and print what it took
	@$(PY) -m tests.load.bench

security: .venv/dev ## Attack a server of our own, on this machine alone, and print what it stood
	@$(PY) -m tests.security

faults: .venv/dev ## Break what breaks in a session, at length, and print what was lost; WHAT="kills full" for some
	@$(PY) -m tests.faults $(WHAT)

soak: .venv/dev ## The longest forms: more intruders, and a running server for MINUTES (120)
	@MCM_LONGER=1 $(PY) -m tests.security onlookers differences raw_files
	@$(PY) -m tests.load.soak --minutes $(or $(MINUTES),120)

clean: ## Remove the environment (never the data)
	rm -rf .venv build *.egg-info

.venv/app: pyproject.toml constraints.txt
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/app
	@$(PY) -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
