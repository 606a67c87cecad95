# Everything a newcomer types. `make help` lists it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PLAYABLE := $(VENV)/.livecoder
TESTABLE := $(VENV)/.livecoder-test
OURS := livecoder tests benchmarks examples patterns sessions
SEED ?= 1
# Examples are rendered, not played.
OFFLINE := tests/integration/test_examples.py
# Of the tests with real processes, those that run when the pure ones have left a processor free.
SESSIONS := $(addprefix tests/integration/,test_session.py test_takeover.py test_network_session.py test_osc_live.py)
# Tests that need no server and no clock: they run, meekly, beside those that wait for music.
PURE := tests/unit tests/property tests/golden $(OFFLINE) livecoder
APT := DEBIAN_FRONTEND=noninteractive apt-get
HAS_JACK_LIBRARY := -c "import ctypes.util, sys; sys.exit(not ctypes.util.find_library('jack'))"
# Installs $(1) where we may; where not, says the one command to type, and then does $(2).
apt = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		($(APT) install -qq -y --no-install-recommends $(1) || \
		($(APT) update -qq && $(APT) install -qq -y --no-install-recommends $(1))) \
		>$(2) 2>&1 || { cat $(2) >&2; $(3); }; \
	else echo "Type: sudo apt-get install -y $(1)" >&2; $(3); fi

.DEFAULT_GOAL := help
.PHONY: help play prompt render doctor test check bench peers docs wheel wheel-test clean

help:  ## list these
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' | expand -t 14

play: $(PLAYABLE)  ## install what is needed, and play sessions/first_light.py
	@$(BIN)/livecoder play sessions/first_light.py

prompt: $(PLAYABLE)  ## open the prompt, to play yourself
	@$(BIN)/livecoder

render: $(PLAYABLE)  ## write first light to build/first_light.wav and .mid
	@mkdir -p build
	@$(BIN)/livecoder render sessions/first_light.py --seed $(SEED) \
		--wav build/first_light.wav --midi build/first_light.mid

doctor: $(PLAYABLE)  ## say what this machine lacks, and what to type
	@$(BIN)/livecoder doctor

test: $(TESTABLE) check  ## install what tests need, and run all checks and tests
	@mkdir -p build
	@(nice -n 10 $(BIN)/python -m pytest -n 2 $(PURE); pure=$$?; \
		$(BIN)/python -m pytest $(SESSIONS); exit $$((pure || $$?))) >build/rest.log 2>&1 & rest=$$!; \
		$(BIN)/python -m pytest tests/integration --durations 12 \
			$(OFFLINE:%=--ignore=%) $(SESSIONS:%=--ignore=%); music=$$?; \
		wait $$rest; rest=$$?; cat build/rest.log; exit $$((music || rest))

check: $(TESTABLE)  ## ruff, mypy --strict and the rooms' import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict livecoder
	$(BIN)/lint-imports

bench: $(TESTABLE)  ## print every figure the README quotes
	$(BIN)/livecoder bench startup --json
	$(BIN)/livecoder bench timing --seconds 30 --load --json
	$(BIN)/livecoder bench render --json
	$(BIN)/livecoder bench streams --json
	$(BIN)/livecoder bench patterns --strudel --json

peers: $(TESTABLE)  ## install isobar, clockblocks, Sardine and aalink in build/peers, for bench timing --all
	@$(BIN)/python benchmarks/peers/install.py build/peers

docs: $(PLAYABLE)  ## write docs/reference from the docstrings, with every example drawn
	$(BIN)/python -m livecoder.cli.reference docs

wheel: $(TESTABLE)  ## build dist/*.whl
	rm -rf dist build/lib build/bdist.*
	$(BIN)/pip wheel -qq --no-deps --wheel-dir dist .

wheel-test: wheel  ## install the wheel in an environment of its own, and play from it
	rm -rf build/wheel-test
	$(PYTHON) -m venv build/wheel-test
	build/wheel-test/bin/pip install -qq -c constraints.txt dist/*.whl
	cd build/wheel-test && bin/python -c "$$WHEEL_TEST"
	cd build/wheel-test && bin/livecoder render ../../sessions/first_light.py --bars 2 --midi two.mid

clean:  ## remove what was built; the environment in .venv stays
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find livecoder tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

define WHEEL_TEST
import pathlib, sys, livecoder
home = pathlib.Path(livecoder.__file__).parent
assert sys.prefix in str(home), home
for wanted in ("py.typed", "models/weights/*.safetensors", "models/weights/*.md"):
    assert list(home.glob(wanted)), wanted
print("the wheel holds the weights, their cards and the types")
endef
export WHEEL_TEST

# Stamps: when they are newer than what they were made from, nothing is installed again.

$(BIN)/python:
	@mkdir -p build
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -c "import ensurepip" 2>/dev/null || { \
		echo "livecoder needs Python 3.11 with venv."; \
		$(call apt,python3.11 python3.11-venv,build/apt.log,exit 1); }
	$(PYTHON) -m venv $(VENV)

$(PLAYABLE): setup.cfg pyproject.toml constraints.txt | $(BIN)/python
	@mkdir -p build
	@$(PYTHON) $(HAS_JACK_LIBRARY) || { \
		echo "There is no JACK library; without it MIDI goes by ALSA."; \
		$(call apt,libjack-jackd2-0,build/apt.log,true); }
	@echo "Installing livecoder in $(VENV) (the first time takes some minutes)"
	@$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e .
	@$(BIN)/python -m livecoder.models.warm || echo "Networks will be compiled when they are typed." >&2
	@touch $@

$(TESTABLE): $(PLAYABLE)
	@command -v jackd >/dev/null || { \
		echo "Tests of real timing need a JACK server."; \
		$(call apt,jackd2,build/apt.log,true); }
	@$(BIN)/pip install -qq --disable-pip-version-check -c constraints.txt -e '.[test,train,bench]'
	@touch $@
