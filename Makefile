# Everything a person or CI does here. Needs only Python (3.11 or newer, with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEEDS ?= 0:200
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SEED ?= 1
ROUNDS ?= 30
SHARD ?= 1/1
N ?= 20
NODES ?= 8
SECONDS ?= 10
MINUTES ?= 10
FED ?= 200000
PYTEST = $(BIN)/python -m pytest -q --durations=10
# One more process than cores: some tests wait for real sockets and processes.
SPREAD = -n $$(($(JOBS) + 1)) --dist worksteal
# Two targets beside each other, each told whole once it has ended; a make before 4.0 mixes their lines.
TOGETHER = --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# Compiled code is kept: without it, each process of a LAN race would compile for half a second.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run quick test lint unit simtests real virtual lan long networks chaos blackouts relays tools bench soak sim lies mutants fuzz siege gallery windows format clean

help:
	@echo "make run      the game"
	@echo "make quick    format, lint, types, and the tests that a change touches: BASE=main, 20 s"
	@echo "make test     format, lint, types, layer contracts, all tests; as root the LAN tests too"
	@echo "make unit     the tests that take a minute together"
	@echo "make simtests whole races and sweeps of seeds in virtual time, and whole programs"
	@echo "make lan      races of real processes on a LAN of network namespaces (root)"
	@echo "make long     more of what make test has some of: races, seeds and lies (root)"
	@echo "make networks forty networks, each broken in its way: is it told, and does the remedy work? (root)"
	@echo "make chaos    a long race of eight on such a LAN, where all sorts of things fail: SEED=1 ROUNDS=30 (root)"
	@echo "make blackouts  eight real bots lose power at once, and come back: is anything lost? N=20 (root)"
	@echo "make relays   eight real bots, six of which hear two alone, and one of these dies (root)"
	@echo "make sim      rooms and races in virtual time with faults: SEEDS=0:200"
	@echo "make lies     every lie in a race of its own, and what the honest make of it: NODES=8"
	@echo "make mutants  each protection taken away: what misses it, by tests, walks and seeds: SHARD=1/1"
	@echo "make fuzz     bytes that nobody meant, at every parser and at a live race: SECONDS=10 for each parser, FED=200000, SEED=1"
	@echo "make siege    a live race of four while a stranger floods, forges, replays and spoils: MINUTES=10 (root)"
	@echo "make bench    the figures of docs/BENCHMARKS.md"
	@echo "make soak     the history of 48 hours with power losses, an hour of races, ten real minutes: what grows?"
	@echo "make gallery  a picture of every scene of the window, into docs/gallery"
	@echo "make windows  real windows, used by keys, mouse and pad: pictures of what they show (root)"
	@echo "make format   format and fix what ruff can fix"
	@echo "make clean    remove the environment and all caches"

$(VENV)/.run: pyproject.toml constraints.txt
	@sh tools/environment.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	@sh tools/environment.sh "$(PYTHON)" "$(VENV)" dev
	@touch $(VENV)/.run $@

run: $(VENV)/.run
	@[ -x $(BIN)/python ] || \
	  { echo "racer: the Python of $(VENV) is gone; run 'make clean', then this again" >&2; exit 1; }
	@[ -n "$(ARGS)" ] || echo "Starting the game ..." >&2
	@$(BIN)/python -m racer $(ARGS)

quick: $(VENV)/.dev
	@$(BIN)/python -m tests.quick

# What needs no root is told first.
test: $(VENV)/.dev
	@$(MAKE) $(TOGETHER) lint real
	@$(MAKE) --no-print-directory virtual
	@if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory lan; \
	else echo "SKIPPED: the LAN tests need root: sudo make lan"; fi

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(PYTEST) $(SPREAD) -m "not lan and not sim and not process and not long"

simtests: $(VENV)/.dev
	$(PYTEST) $(SPREAD) -m "sim or process"

# All tests are read once by one process: after a clone, each of the others would compile all of them for itself.
real: $(VENV)/.dev
	@$(BIN)/python -m pytest -qq --collect-only >/dev/null 2>&1 || :
	$(PYTEST) $(SPREAD) -m "not lan and not sim and not long"

virtual: $(VENV)/.dev
	$(PYTEST) -n $(JOBS) --dist worksteal -m "sim and not long"

# Two races at a time, which two cores bear: more, and a race on a crowded machine says nothing about the network.
# A third beside them had a window lose what was typed, and see cars late. The next is given out when one has ended.
lan: $(VENV)/.dev tools
	$(PYTEST) -n 2 --dist load --maxschedchunk 1 -m "lan and not long" tests/lan tests/runtime

long: $(VENV)/.dev tools
	$(PYTEST) -n $(JOBS) --dist worksteal -m "long and not lan"
	$(PYTEST) -n 2 --dist load --maxschedchunk 1 -m "lan and long" tests/lan

networks: $(VENV)/.dev tools
	NETWORKS=all $(PYTEST) -n 2 --dist load tests/lan/test_broken.py

chaos: $(VENV)/.dev tools
	SEED=$(SEED) ROUNDS=$(ROUNDS) $(BIN)/python -m pytest -q -s tests/lan/test_chaos.py

blackouts: $(VENV)/.dev tools
	@$(BIN)/python -m benchmarks.lan.blackouts --blackouts $(N) --seed $(SEED)

relays: $(VENV)/.dev tools
	@$(BIN)/python -m benchmarks.lan.relays

# What the LAN tests use beside Python. Installed where we may, named where we may not.
tools:
	@missing=""; for tool in ip:iproute2 nft:nftables Xvfb:xvfb xdotool:xdotool; do \
	  command -v $${tool%%:*} >/dev/null || missing="$$missing $${tool##*:}"; done; \
	[ -z "$$missing" ] || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  apt-get update -q >/dev/null && apt-get install -yq $$missing >/dev/null; } || \
	  { echo "Please install:$$missing" >&2; exit 1; }

bench: $(VENV)/.dev
	@$(BIN)/python -m benchmarks

soak: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.history --hours 48 --journals
	@$(BIN)/python -m benchmarks.history --decrees 1000000
	@$(BIN)/python -m benchmarks.soak
	@$(BIN)/python -m benchmarks.soak real

sim: $(VENV)/.run
	@$(BIN)/python -m racer simulate --contest --seeds $(SEEDS) --jobs $(JOBS)
	@$(BIN)/python -m racer simulate --seeds $(SEEDS) --jobs $(JOBS)

lies: $(VENV)/.dev
	@$(BIN)/python -m tests.lies $(NODES)

mutants: $(VENV)/.dev
	@$(BIN)/python -m tests.mutants --shard $(SHARD)

fuzz: $(VENV)/.dev
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) --keep
	@$(BIN)/python -m tests.fuzz --stranger $(FED) --member $$(($(FED) / 10)) --seed $(SEED)

siege: $(VENV)/.dev tools
	@$(BIN)/python -m tests.siege --seconds $$(($(MINUTES) * 60))

gallery: $(VENV)/.dev
	@$(BIN)/python -m tools.gallery --jobs $(JOBS)

windows: $(VENV)/.dev tools
	@$(BIN)/python -m tests.windows

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
