# `make book` builds the book, `make test` checks everything. Both make their own
# virtual environment and install the pinned requirements first.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
STAMP   = $(VENV)/.installed

# One thread for each numerical library: results repeat, and parallel tests do not fight.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYDEVD_DISABLE_FILE_VALIDATION = 1

.PHONY: book pdf epub zip site test test-oldest test-latest run lab data lock address clean help

help:
	@echo "make book         build the book into _build/html"
	@echo "make pdf          one PDF of the whole book, by LaTeX"
	@echo "make epub         the book for readers of electronic books"
	@echo "make zip          the pages, packed for reading without a network"
	@echo "make site         all of these, with the pages that link to them"
	@echo "make test         run all tests with the pinned libraries"
	@echo "make test-oldest  check all claims with the oldest supported libraries"
	@echo "make test-latest  the same with the newest releases, on every Python found"
	@echo "make run          run all notebooks and store their outputs"
	@echo "make lab          open JupyterLab"
	@echo "make data         rebuild the data files from their source packages"
	@echo "make lock         renew the pinned requirements"
	@echo "make address      write the repository's address from _config.yml where it is needed"

$(STAMP): requirements.txt pyproject.toml tools/check_python.py
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

book: $(STAMP)
	$(BIN)/python tools/build_book.py

pdf epub site: $(STAMP)
	$(BIN)/python tools/build_formats.py $@

zip: book
	$(BIN)/python tools/build_formats.py zip

test: $(STAMP)
	$(BIN)/python tools/run_tests.py

test-oldest: $(STAMP)
	$(BIN)/python tools/check_claims.py oldest

test-latest: $(STAMP)
	$(BIN)/python tools/check_claims.py latest

run: $(STAMP)
	$(BIN)/python tools/execute.py

lab: $(STAMP)
	$(BIN)/jupyter lab

data: $(STAMP)
	$(BIN)/python datasets/recipes/flights.py
	$(BIN)/python datasets/recipes/houses.py
	$(BIN)/python datasets/recipes/human_rights.py
	$(BIN)/python datasets/recipes/interface_messages.py

lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	    --no-annotate --no-header requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	    --no-header --constraint requirements.txt binder/requirements.in \
	    --output-file binder/requirements.txt

address: $(STAMP)
	$(BIN)/python tools/set_address.py

clean:
	rm -rf _build _generated .cache $(VENV) .venv-*
