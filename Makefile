# `make book` builds the book, `make test` checks everything. Both make their own
# virtual environment and install the pinned requirements first.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
STAMP   = $(VENV)/.installed
# nbgrader lives in an environment of its own; its kernel is the one of the book.
TEACH  ?= .venv-teach
TEACH_STAMP = $(TEACH)/.installed

# One thread for each numerical library: results repeat, and parallel tests do not fight.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYDEVD_DISABLE_FILE_VALIDATION = 1

.PHONY: book pdf epub zip site inpage check test test-landing test-all test-oldest test-latest
.PHONY: test-binder run report scale links lab data lock address diff-setup release clean help

help:
	@echo "make book         build the book into _build/html"
	@echo "make check NB=7   check one page, and print the address of its built page"
	@echo "make test         run all tests with the pinned libraries"
	@echo "make report       where notebooks leave the norms of style"
	@echo "make run          run all notebooks and store their outputs"
	@echo "make lab          open JupyterLab"
	@echo "make pdf          one PDF of the whole book, by LaTeX"
	@echo "make epub         the book for readers of electronic books"
	@echo "make zip          the pages, packed for reading without a network"
	@echo "make site         all of these, with the pages that link to them"
	@echo "make inpage       what lets pages run where they are read; then build the book"
	@echo "make test-landing what must hold before a change lands"
	@echo "make test-all     everything in full: before a release, and every week"
	@echo "make test-oldest  check all claims with the oldest supported libraries"
	@echo "make test-latest  the same with the newest releases, on every Python found"
	@echo "make test-binder  run notebooks in the environment that Binder would build"
	@echo "make assignment   student versions of pages: make assignment CHAPTERS=\"7 q18\""
	@echo "make sample       a made-up class hands in, to see what grading does"
	@echo "make grade        grade the folder submissions/"
	@echo "make formgrader   mark open answers in JupyterLab; make marks renews the tables"
	@echo "make test-teaching  check the assignments, and grade the made-up class"
	@echo "make scale        measure the engines of chapter 10 again (ten minutes)"
	@echo "make links        look at the addresses of the reading room, if a network is there"
	@echo "make data         rebuild the data files from their source packages"
	@echo "make diff-setup   let git show changes of notebooks cell by cell"
	@echo "make release      build, test and collect all files of a release in dist/"
	@echo "make lock         renew the pinned requirements"
	@echo "make address      write the repository's address from _config.yml where it is needed"

$(STAMP): requirements.txt pyproject.toml tools/check_python.py
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

book: $(STAMP)
	$(BIN)/python -m tools.build_book

pdf epub zip site: $(STAMP)
	$(BIN)/python -m formats.build $@

inpage: $(STAMP)
	$(BIN)/python -m inpage.build

check: $(STAMP)
	$(BIN)/python -m tools.check_page $(NB)

test: $(STAMP)
	$(BIN)/python -m tools.run_tests

test-landing: $(TEACH_STAMP)
	$(BIN)/python -m tools.run_tests landing

test-all: $(TEACH_STAMP)
	$(BIN)/python -m tools.run_tests all

test-oldest: $(STAMP)
	$(BIN)/python -m tools.check_claims oldest

test-latest: $(STAMP)
	$(BIN)/python -m tools.check_claims latest

test-binder: $(STAMP)
	$(BIN)/python -m tools.check_binder

run: $(STAMP)
	$(BIN)/python -m tools.execute

report: $(STAMP)
	$(BIN)/python -m tools.report

# `make scale ARGS="--sizes 1 10"` measures these sizes only.
scale: $(STAMP)
	$(BIN)/python -m tools.scale $(ARGS)

links: $(STAMP)
	$(BIN)/python -m tools.reading links

lab: $(STAMP)
	$(BIN)/jupyter lab

data: $(STAMP)
	$(BIN)/python -m tools.data

lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	    --no-annotate --no-header requirements.in --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	    --no-header --constraint requirements.txt binder/requirements.in \
	    --output-file binder/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	    --no-header teaching/requirements.in --output-file teaching/requirements.txt

address: $(STAMP)
	$(BIN)/python -m tools.set_address

diff-setup: $(STAMP)
	$(BIN)/python -m tools.setup_diff

# `make release ARGS=--dry-run` only says what it would do.
release: $(TEACH_STAMP)
	$(BIN)/python -m tools.release $(ARGS)

clean:
	rm -rf dist _build _generated .cache $(VENV) .venv-*

# --- teaching ---------------------------------------------------------------------------

.PHONY: assignment sample grade marks formgrader test-teaching

COURSE       ?= course
SUBMISSIONS  ?= submissions

$(TEACH_STAMP): teaching/requirements.txt $(STAMP)
	$(PYTHON) -m venv $(TEACH)
	$(TEACH)/bin/python -m pip install --quiet --requirement teaching/requirements.txt
	$(BIN)/python -m ipykernel install --prefix $(TEACH) --name python3 >/dev/null 2>&1
	@touch $@

assignment: $(TEACH_STAMP)
	$(TEACH)/bin/python -m teaching.assignment --course $(COURSE) $(CHAPTERS)

sample: $(TEACH_STAMP)
	$(TEACH)/bin/python -m teaching.sample_class --course $(COURSE) --submissions $(SUBMISSIONS)

grade: $(TEACH_STAMP)
	$(TEACH)/bin/python -m teaching.grade --course $(COURSE) --submissions $(SUBMISSIONS)

marks: $(TEACH_STAMP)
	$(TEACH)/bin/python -m teaching.grade --course $(COURSE) --marks

# Open answers are marked in JupyterLab: menu Nbgrader, Formgrader.
formgrader: $(TEACH_STAMP)
	cd $(COURSE) && PYTHONPATH="$(CURDIR)" PATH="$(abspath $(TEACH))/bin:$$PATH" jupyter lab

test-teaching: $(TEACH_STAMP)
	MLSD_TEACH=$(TEACH) $(BIN)/python -m pytest tests/teaching
