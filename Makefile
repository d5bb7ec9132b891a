# Two commands matter: `make demo` and `make test`. Both set up what they need on first use.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Python keeps what it has compiled, whatever the machine says: the tests start many processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-slow test-all lint format messages docs screenshots widget clean

demo: $(STAMP)
	PORT=$(PORT) $(BIN)/python example_site/manage.py demo

test: $(STAMP) browser widget-tools-if-npm
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-all: $(STAMP)
	$(BIN)/python tests/legs.py --whole Python

test-slow: $(STAMP) browser firefox wordpress caches widget-tools api-tools frameworks
	$(BIN)/python tests/legs.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djhtml --check --tabwidth 2 wagtail_cpsnews/templates example_site/demo/templates

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml --tabwidth 2 wagtail_cpsnews/templates example_site/demo/templates

messages: $(STAMP)
	cd wagtail_cpsnews && ../$(BIN)/django-admin makemessages -l cy --no-wrap --no-obsolete --add-location file
	$(BIN)/pybabel compile -D django -d wagtail_cpsnews/locale --statistics

# The documentation as a site, in build/docs. A warning (a link to no page or heading, say) is an error.
docs: $(STAMP)
	$(BIN)/sphinx-build -b html -W --keep-going -q docs build/docs
	@echo "Open build/docs/index.html"

# The pictures of the README and the tour. PORT and the next one have to be free.
screenshots: $(STAMP) browser
	PORT=$(PORT) $(BIN)/python docs/screenshots.py

# The twelve states of docs/screens.md. PORT and the next one have to be free.
.PHONY: screens
screens: $(STAMP) browser
	PORT=$(PORT) $(BIN)/python docs/screens.py

# The widget that sites load is committed as built; a test compares it with its source.
widget: $(STAMP) widget-tools
	$(BIN)/python widget/words.py
	cd widget && npm run --silent build

# Beside Wagtail's own APIs and others, on N invented stories: results in benchmarks/results/. OPTIONS="--passes 5", say;
# N=10000,100000 for several sizes. It makes an environment and a PostgreSQL server of its own in build/benchmark.
N ?= 10000
OPTIONS ?=
.PHONY: benchmark
benchmark: $(STAMP)
	$(BIN)/python -m benchmarks.newsroom --stories $(N) $(OPTIONS)

# Table and chart of the documentation, from a file of results.
.PHONY: benchmark-docs
benchmark-docs: $(STAMP)
	$(BIN)/python -m benchmarks.newsroom.publish $(RESULTS)

# The widget, beside peers from npm, which are not shipped.
.PHONY: benchmark-widget
benchmark-widget: $(STAMP) browser
	cd benchmarks/widget/peers && npm install --no-audit --no-fund --silent && npm run --silent build
	$(BIN)/python benchmarks/widget/run.py benchmarks/widget/peers/built

# The environment: a virtual environment made by the machine's own Python, filled by uv.
$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --editable . --group dev --group demo
	touch $@

# The browser tests drive a real Chromium; Debian's is installed when there is none.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || (apt-get update -qq && apt-get install -y -qq chromium >/dev/null) \
	  || (echo "The browser tests need Chromium: install it and try again." && exit 1)

# Function in a second engine.
.PHONY: firefox
firefox:
	@command -v firefox-esr >/dev/null || command -v firefox >/dev/null \
	  || (apt-get update -qq && apt-get install -y -qq firefox-esr >/dev/null) \
	  || (echo "The slow tests need Firefox: install it and try again." && exit 1)

# A real WordPress to embed into: Debian's, with its database and PHP.
WORDPRESS := wordpress wordpress-theme-twentytwentythree mariadb-server php-cli php-mysql php-xml php-mbstring
.PHONY: wordpress
wordpress:
	@test -d /usr/share/wordpress/wp-content/themes/twentytwentythree && command -v php >/dev/null && test -x /usr/sbin/mariadbd \
	  || (apt-get update -qq && apt-get install -y -qq --no-install-recommends $(WORDPRESS) >/dev/null) \
	  || echo "WordPress could not be installed: its tests are left out."

# Caches to put in front of the scaled example: Debian's Varnish with its module xkey, and nginx.
.PHONY: caches
caches:
	@test -x /usr/sbin/varnishd && test -x /usr/sbin/nginx && ls /usr/lib/*/varnish/vmods/libvmod_xkey.so >/dev/null 2>&1 \
	  || (apt-get update -qq && apt-get install -y -qq --no-install-recommends varnish varnish-modules nginx-light >/dev/null) \
	  || echo "Varnish and nginx could not be installed: their tests are left out."

# What builds the widget and checks it, in versions that are pinned exactly. Without npm `make test` leaves those tests
# out and says so; `make widget` and `make test-slow` need it.
TOOLS := widget/node_modules/.installed
.PHONY: widget-tools widget-tools-if-npm
widget-tools: $(TOOLS)
widget-tools-if-npm:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(TOOLS) \
	  || echo "The widget's tools could not be installed: their tests are left out."; fi

$(TOOLS): widget/package.json
	@command -v npm >/dev/null || (echo "The widget is built by npm: install Node.js 20 or later and try again." && exit 1)
	cd widget && npm install --no-audit --no-fund --silent
	touch $@

# What makers of clients read the OpenAPI document with.
API_TOOLS := tests/api/tools/node_modules/.installed
.PHONY: api-tools
api-tools: $(API_TOOLS)
$(API_TOOLS): tests/api/tools/package.json
	@command -v npm >/dev/null || (echo "The slow tests need npm: install Node.js 20 or later and try again." && exit 1)
	cd tests/api/tools && npm install --no-audit --no-fund --silent
	touch $@

# Frameworks and site builders to paste the widget's code into.
FRAMEWORKS := tests/embed/frameworks/node_modules/.installed
.PHONY: frameworks
frameworks:
	@$(MAKE) --no-print-directory $(FRAMEWORKS) || echo "The frameworks could not be installed: their tests are left out."
$(FRAMEWORKS): tests/embed/frameworks/package.json
	@command -v npm >/dev/null || (echo "The slow tests need npm: install Node.js 20 or later and try again." && exit 1)
	@cd tests/embed/frameworks && npm install --no-audit --no-fund --silent
	@touch $@

clean:
	rm -rf $(VENV) var build widget/node_modules tests/api/tools/node_modules tests/embed/frameworks/node_modules benchmarks/widget/peers/node_modules benchmarks/widget/peers/built
