# Everything a newcomer types. `make help` lists it.
PY := .venv/bin/python
PORT ?= 8501

.PHONY: help run demo replicas install test lint bench screens security soak faults pins audit clean
PIP := -m pip install -q --disable-pip-version-check
TOOLS := .venv/tools/bin

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/app ## Serve the app on port $(PORT); prints its address and, the first time, a set-up link
	@.venv/bin/mcm serve --port $(PORT)

demo: .venv/app ## Serve a second database: a finished cohort, one that gathers, one in session three
	@.venv/bin/mcm demo $(if $(findstring command,$(origin PORT)),--port $(PORT))

replicas: .venv/dev ## Serve with two processes, PostgreSQL and a balancer, from Debian's packages
	@$(PY) -m deploy.local --port $(PORT)

install: ## The environment of a server: every file that is installed is checked against deploy/hashes.txt
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) $(PIP) --require-hashes -r deploy/hashes.txt
	@$(PY) $(PIP) --no-deps --no-build-isolation -e .
	@touch .venv/app

test: .venv/dev ## Run every test (SQLite and PostgreSQL, pages, browser)
	@$(PY) -m pytest -n $$(($$(nproc) * 3 / 2)) --dist loadscope --no-loadscope-reorder || { [ $$? = 1 ] && $(PY) -m tests.again; } # waits much; browsers first

lint: .venv/dev ## Ruff and mypy
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

bench: .venv/dev ## Drive running servers as N phones, print what it took and which bars are missed; WHAT="phones history"
	@$(PY) -m tests.load.bench $(WHAT)

screens: .venv/dev ## Walk one cohort through its six weeks, count the taps, and take the pictures of docs/screens anew
	@MCM_SCREENS=docs/screens $(PY) -m pytest -s tests/browser/test_six_weeks.py

security: .venv/dev ## Attack a server of our own, on this machine alone, and print what it stood
	@$(PY) -m tests.security

faults: .venv/dev ## Break what breaks in a session, at length, and print what was lost; WHAT="kills full" for some
	@$(PY) -m tests.faults $(WHAT)

soak: .venv/dev ## The longest forms: more intruders, and a running server for MINUTES (120)
	@MCM_LONGER=1 $(PY) -m tests.security onlookers differences raw_files
	@$(PY) -m tests.load.soak --minutes $(or $(MINUTES),120)

pins: .venv/tools ## Write deploy/hashes.txt anew, after a change of constraints.txt
	@echo 'setuptools>=68' | $(TOOLS)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -c constraints.txt --extra oidc pyproject.toml - -o deploy/hashes.txt

audit: .venv/tools ## What a server consists of (.venv/parts.json, CycloneDX), and its known weaknesses; asks the internet
	@$(TOOLS)/cyclonedx-py requirements deploy/hashes.txt --pyproject pyproject.toml --of JSON -o .venv/parts.json
	@$(TOOLS)/pip-audit --require-hashes -r deploy/hashes.txt --disable-pip --strict

clean: ## Remove the environment (never the data)
	rm -rf .venv build *.egg-info

.venv/app: pyproject.toml constraints.txt
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) $(PIP) -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/app
	@$(PY) $(PIP) -c constraints.txt -e '.[dev]'
	@touch $@

.venv/tools: .venv/app
	@$(PY) -m venv .venv/tools
	@$(TOOLS)/python $(PIP) uv==0.13.9 cyclonedx-bom==7.5.0 pip-audit==2.10.1
