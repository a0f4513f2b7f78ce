# make run [MUSIC=folder] · make test · make bench · make evaluate · make evaluate-full [TABLE=… LISTENERS=…] · make notebooks [MUSIC=… TABLE=…] · make lock

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
MUSIC ?=

# What `make evaluate-full` also measures where it is there: a table of tracks with playlists, and who listens to whom.
TABLE ?= $(wildcard ../shared/data/csv/tidytuesday_spotify_songs.csv.gz)
LISTENERS ?= $(wildcard ../shared/data/users/lastfm2k_user_artists_noheader.dat)
EVALUATED := build/evaluation

.PHONY: run test lint types layers unit browser wheel bench evaluate evaluate-full notebooks images lock clean

run: $(VENV)/runtime.stamp
	@$(BIN)/soundglass demo $(if $(MUSIC),--music "$(MUSIC)")

test: lint types layers unit

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

layers: $(VENV)/dev.stamp
	$(BIN)/lint-imports

unit: $(VENV)/dev.stamp browser
	$(BIN)/pytest -n auto --dist loadgroup

# A headless browser for the tests of pages, where apt can give one; without it those tests are skipped.
browser: $(VENV)/dev.stamp
	@test -x build/chromium/chromium || $(BIN)/python tools/fetch_chromium.py build/chromium || true

# Build the wheel, install it into an environment of its own and run the program from there.
wheel: $(VENV)/dev.stamp
	rm -rf build/wheel && mkdir -p build/wheel
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(BIN)/python -m venv build/wheel/venv
	build/wheel/venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/runtime.txt
	build/wheel/venv/bin/python -m pip --disable-pip-version-check install --quiet --no-deps build/wheel/*.whl
	cd build/wheel && venv/bin/soundglass --version && venv/bin/soundglass demo --library demo.lance

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks

# Is it good, and is the explanation true: on the music in the package (about a quarter of an hour on two cores). What is interrupted goes on where it was.
evaluate: $(VENV)/dev.stamp
	$(BIN)/soundglass scan src/soundglass/demo --library $(EVALUATED)/demo.lance
	$(BIN)/soundglass evaluate --library $(EVALUATED)/demo.lance --output $(EVALUATED)/demo

# The same on full-length music from Debian's packages, beside other programs, and on a table (up to an hour).
evaluate-full: $(VENV)/peers.stamp
	test -f $(EVALUATED)/music/tracks.csv || $(BIN)/python tools/fetch_game_music.py $(EVALUATED)/music
	$(BIN)/soundglass scan $(EVALUATED)/music --library $(EVALUATED)/music.lance
	$(BIN)/soundglass evaluate --library $(EVALUATED)/music.lance --output $(EVALUATED)/full --labels $(EVALUATED)/music/tracks.csv --peers --pairs 16 --plants 16
ifneq ($(TABLE),)
	test -d $(EVALUATED)/table.lance || $(BIN)/soundglass import "$(TABLE)" --library $(EVALUATED)/table.lance
	$(BIN)/soundglass evaluate --library $(EVALUATED)/table.lance --output $(EVALUATED)/table $(if $(LISTENERS),--listeners "$(LISTENERS)")
endif

# The study this project grew from, and what became of it: four notebooks, run on the music in the package, or on your own.
notebooks: $(VENV)/dev.stamp
	$(if $(MUSIC),SOUNDGLASS_MUSIC="$(MUSIC)") $(if $(filter command line,$(origin TABLE)),SOUNDGLASS_TABLE="$(TABLE)") $(BIN)/python tools/run_notebooks.py

# The pictures in docs/images.
images: $(VENV)/dev.stamp browser
	$(BIN)/python tools/draw_docs_images.py
	$(BIN)/python tools/draw_docs_pages.py

# Resolve pyproject.toml anew into the pinned lists (needs uv).
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --extra peers -c requirements/dev.txt pyproject.toml -o requirements/peers.txt
	printf 'hatchling\neditables\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements/dev.txt - -o requirements/build.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Soundglass needs Python 3.11 or newer; name one with make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/build.txt requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once; a few minutes)"
	@$(PIP) install --quiet --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/peers.stamp: requirements/peers.txt $(VENV)/dev.stamp
	@$(PIP) install --quiet --require-hashes -r requirements/peers.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist
