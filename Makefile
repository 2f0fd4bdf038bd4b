# Four commands, the same at home and in CI: demo, test, check, bench (and two for the book: test-slow, book). Each makes what it needs.
# (editable_mode=compat: a plain path entry, so that a folder named mazefit beside you does not hide the package)
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
SITE := build/wheel-site

.PHONY: demo test test-slow check bench book wheel wheel-test clean

demo: $(VENV)/.run  ## An agent learns a maze: values, arrows, backup diagrams and the certificate
	$(RUN) scripts/run_agent.py --out out/demo

test: $(VENV)/.dev  ## The whole suite from the checkout, then again on the built wheel from outside it
	$(RUN) -m pytest -n 2
	$(MAKE) --no-print-directory wheel-test

test-slow: $(VENV)/.dev  ## The tests that take minutes: the book's figures with all their runs
	$(RUN) -m pytest -n 2 -m slow

book: $(VENV)/.run  ## docs/book.md: the textbook's figures, computed and held against what they should be
	$(RUN) -m book --out docs/book.md

check: $(VENV)/.dev  ## Format, lint, types, layers, line budget
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m pyright
	$(VENV)/bin/lint-imports
	$(RUN) .ci/line_budget.py

bench: $(VENV)/.run  ## The benchmark tables, peers side by side in an environment of their own
	$(RUN) -m benchmarks

wheel: $(VENV)/.dev
	rm -rf build dist
	$(RUN) -m build --wheel --no-isolation --outdir dist . > /dev/null

wheel-test: wheel
	$(RUN) -m pip install --quiet --no-deps --target $(SITE) dist/*.whl
	$(RUN) .ci/test_wheel.py $(SITE)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt --config-settings editable_mode=compat -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt --config-settings editable_mode=compat -e ".[dev]"
	touch $@

clean:
	rm -rf build dist out $(VENV) .venv-peers .venv-peers-vector
