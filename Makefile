# Two commands matter: `make demo` and `make test`. GNU make 3.81 and a plain sh are enough.
# Paths are relative, so the folder may be deep or have spaces in its name.

PYTHON ?= python3
INSIDE = .venv/bin/python
# More for pytest, for example: make test ARGS="tests/intake -k score"
ARGS ?=
CASES ?= 5000

# Many processes start here: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo demo-fresh test fuzz bench drill-reminders check locks secrets

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | tr '|' '\t'

install: .venv/.dev ## Make .venv and install everything into it

demo: .venv/.runtime ## Run the portal with made-up people (PORT=8000, PORTAL_HOME=.portal)
	@$(INSIDE) manage.py demo

demo-fresh: .venv/.runtime ## The same, with everything in it made anew
	@$(INSIDE) manage.py demo --fresh

test: .venv/.dev ## Run every test, browser journeys included (ARGS="tests/intake")
	@$(INSIDE) -m pytest -n auto --dist worksteal $(ARGS)

fuzz: .venv/.dev ## Post 5,000 odd things to every form, page and API operation (CASES=5000)
	@FUZZ_CASES=$(CASES) $(INSIDE) -m pytest tests/fuzz $(ARGS)

bench: .venv/.runtime ## Measure the portal beside a bare Django view (ARGS="--quick"; docs/benchmarks.md)
	@$(INSIDE) -m benchmarks $(ARGS)

drill-reminders: .venv/.dev ## Kill and break what sends reminders, and count messages: 12 minutes (ARGS=--short: 1)
	@$(INSIDE) -m tests.drill $(ARGS)

check: .venv/.dev ## Run every check that is not a test (portal/dev/quality.py is the list)
	@$(INSIDE) -m portal.dev.quality

locks: .venv/.dev ## Make requirements/*.lock again from pyproject.toml
	@$(INSIDE) -m portal.dev.locks

secrets: ## Write .env for docker compose, with new passwords (docs/operations.md)
	@"$(PYTHON)" -m portal.production.secrets

# The stamps are as new as what they were made from, so a second run does nothing.
.venv/.runtime: requirements/runtime.lock requirements/installer.lock
	@$(call install,runtime)

.venv/.dev: requirements/dev.lock requirements/installer.lock
	@$(call install,dev)

define install
command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "$(PYTHON) is not there: install Python 3.11 or newer (Debian: apt-get install python3 python3-venv; macOS: brew install python)." >&2; exit 1; }; \
"$(PYTHON)" -I portal/dev/install.py $(1)
endef
