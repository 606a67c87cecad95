# Everything a newcomer types. `make help` lists it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

help:  ## list these
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.PHONY: help
