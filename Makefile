# A target is all the set-up there is: `make boolean`, `make report`, `make test` build .venv from the lock first.
PYTHON ?= python3
EXTRA ?=
# Rules were settled on other seeds than that of the reference.
SEED ?= 2026
# The seeds of sweeps whose samples or rules were changed after an earlier seed had been seen.
SEED_OF_calibration ?= 2027
SEED_OF_depth ?= 2027
SEED_OF_generalisation ?= 2027
SEED_OF_restarts ?= 2028
VENV := .venv
BIN := $(VENV)/bin
# An extra is added to an environment that is there already.
READY := $(VENV)/.ready $(if $(EXTRA),$(VENV)/.ready-$(EXTRA))
SWEEPS := anatomy approximation boolean calibration counting depth generalisation hierarchy modern restarts

# Where an environment says that Python is to keep no bytecode, every process would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help environment $(SWEEPS) report docs test test-slow check style types tests lock reference benchmark clean

help:
	@echo "make SWEEP       build the environment, then put the claims of a sweep on trial (minutes each):"
	@echo "                 $(SWEEPS)"
	@echo "make environment build the environment only"
	@echo "make report      write results/report/index.html: every claim, measurement and verdict on one page"
	@echo "make docs        write build/site/index.html: the documentation, with the notebooks executed (minutes)"
	@echo "make test        build the environment, then check style and types and run the tests"
	@echo "make test-slow   the tests that the gate leaves out: a smoke run of every large sweep"
	@echo "make check       style and types only"
	@echo "make reference   run every sweep and keep its small tables and figures in results/reference/"
	@echo "make benchmark   measure the speed of training beside PyTorch, scikit-learn and plain JAX (ten minutes)"
	@echo "make lock        resolve requirements.lock again from pyproject.toml"
	@echo "PYTHON=python3.12 chooses an interpreter; EXTRA=cuda12 adds an accelerator's packages,"
	@echo "EXTRA=ray a cluster's, EXTRA=wandb or mlflow a tracker's"

environment: $(READY)

$(SWEEPS): $(READY)
	$(BIN)/python -m experiments run +sweep=$@

report: $(READY)
	$(BIN)/python -m experiments report

# What makes a site of the pages has an environment of its own: nothing else needs it.
docs: $(READY) $(VENV)-docs/.ready
	$(BIN)/python -m documentation
	$(VENV)-docs/bin/zensical build --clean --strict

$(VENV)-docs/.ready: pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-docs
	$(VENV)-docs/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-docs/bin/python -m pip install --quiet --group docs
	@touch $@

# Types are checked in one process, while tests run in others: that takes half a minute less on two processors.
test: style
	$(MAKE) --jobs=2 --no-print-directory types tests

tests: $(READY)
	$(BIN)/python -m pytest --numprocesses=auto

# Smoke runs of the large sweeps: after a change of a claim, and before a release.
test-slow: $(READY)
	$(BIN)/python -m pytest -m slow --numprocesses=auto

check: style types

style: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

reference: $(READY)
	$(foreach sweep,$(SWEEPS),$(BIN)/python -m experiments run +sweep=$(sweep) seed=$(or $(SEED_OF_$(sweep)),$(SEED)) && \
	  $(BIN)/python -m experiments keep $(sweep) && ) true
	$(BIN)/python -m experiments report --readme
	$(BIN)/python -m experiments report --check reference

# Written last, so that an interrupted installation is started again. pip compiles one module after the other, on one
# core, which takes as long as all else that it does; templates that are no Python on their own are left as they are.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "theory-claims needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m compileall -qq -j0 $(VENV)/lib || true
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# With the same version of JAX, which the lock has chosen.
$(VENV)/.ready-$(EXTRA): $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable ".[$(EXTRA)]" \
	  "jax==$$($(BIN)/python -c 'import importlib.metadata as m; print(m.version("jax"))')"
	@touch $@

# PyTorch and scikit-learn have an environment of their own: nothing else needs them.
benchmark: $(VENV)-benchmark/.ready
	$(VENV)-benchmark/bin/python -m benchmarks

$(VENV)-benchmark/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-benchmark
	$(VENV)-benchmark/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)-benchmark/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	$(VENV)-benchmark/bin/python -m pip install --quiet --group benchmark
	@touch $@

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group dev \
	  --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(VENV)-benchmark $(VENV)-docs build
