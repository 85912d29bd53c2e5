# Everything there is to type. Each target sets up what it needs, once, and says so.
# Needs Python >= 3.11.5, git and make. Another Python: make test PYTHON=/path/to/python3.12

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Quiets a notice about MkDocs 2 that says nothing about this site.
export NO_MKDOCS_2_WARNING := 1

# Two stamps: what the site needs, and what its proof needs on top.
SITE_READY := .venv/ready-site
DEV_READY := .venv/ready-dev

# Tests run in two processes, a file in one of them.
TWO := -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help serve test site check format lint types dead tests links accept bench clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

serve: $(SITE_READY)  ## the site with live reload: the main job (ADDRESS=127.0.0.1:8000)
	@echo "serve: building the site; every save of a page or of the engine rebuilds it (Ctrl-C ends it)"
	@$(PY) -m mkdocs serve $(if $(ADDRESS),--dev-addr $(ADDRESS))

test: $(DEV_READY)  ## the tests, those in a browser too (a minute or two)
	@echo "test: running the tests (the heavy ones run in make check)"
	@$(PY) -m pytest -rs $(TWO) -m "not heavy"

site: $(SITE_READY)  ## the site, built strictly into site/
	@echo "site: building strictly into site/"
	@$(PY) -m mkdocs build --strict
	@echo "site: done, open site/index.html"

check: format lint types dead tests site links  ## all that CI runs: format lint types dead code tests site links
	@echo "check: all good"

format: $(DEV_READY)  ## is the code formatted (ruff format puts it right)
	@echo "check: format"
	@$(PY) -m ruff format --check .

lint: $(DEV_READY)  ## the linter
	@echo "check: lint"
	@$(PY) -m ruff check .

types: $(DEV_READY)  ## the type checker, strict
	@echo "check: types"
	@$(PY) -m mypy

dead: $(DEV_READY)  ## code that nothing uses
	@echo "check: dead code"
	@$(PY) -m vulture

tests: $(DEV_READY)  ## every test, the heavy ones too (builds of other people's sites)
	@echo "check: every test"
	@$(PY) -m pytest -rs $(TWO)

links: site $(DEV_READY)  ## recompute the numbers of the built site and follow its links
	@echo "check: the published numbers, recomputed from site/ alone"
	@$(PY) -m docs_plugins verify site --against docs
	@echo "check: links and fragments of site/"
	@$(PY) tests/links.py site --base /deepnotes/

accept: $(SITE_READY)  ## accept what the pages compute now, into docs/*.record (PAGE=docs/how.md for one)
	@$(PY) -m docs_plugins accept $(PAGE)

bench: $(DEV_READY)  ## how fast: the engine and the build, beside what people use instead
	@echo "bench: installing the engines to compare with"
	@$(PIP) -e '.[dev,bench]'
	@for name in engine maths build drift player; do echo "== benchmarks/$$name.py"; $(PY) -m benchmarks.$$name || exit 1; done

clean:  ## remove the environment, the site and every cache
	rm -rf .venv site build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@set -e; \
	new_enough='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11, 5))'; \
	chosen=''; \
	for candidate in $(if $(PYTHON),'$(PYTHON)',python3 python3.14 python3.13 python3.12 python3.11 python); do \
	    if "$$candidate" -c "$$new_enough" >/dev/null 2>&1; then chosen="$$candidate"; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
	    echo "make: no suitable Python: deepnotes needs Python 3.11.5 or newer with its venv module." >&2; \
	    for candidate in $(if $(PYTHON),'$(PYTHON)',python3 python); do \
	        echo "make: $$candidate is $$("$$candidate" --version 2>&1 | head -n 1)" >&2; \
	    done; \
	    echo "make: install one (on Debian also python3-venv), or name one: make PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	fi; \
	echo "set-up: making .venv with $$("$$chosen" --version)"; \
	"$$chosen" -m venv --clear .venv

$(SITE_READY): pyproject.toml constraints.txt | $(PY)
	@echo "set-up: installing what the site needs into .venv (about half a minute, once)"
	@$(PIP) -e '.[docs]'
	@touch $@

$(DEV_READY): pyproject.toml constraints.txt | $(PY)
	@echo "set-up: installing what the tests need into .venv (about half a minute, once)"
	@$(PIP) -e '.[dev]'
	@touch $(SITE_READY) $@
