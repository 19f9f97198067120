# The two that everybody needs: `make site` and `make test`.
.PHONY: help site test quick check site-check lint types unit papers fuzz bench bench-history bench-serve mutation screenshots messages diagnostics lock clean

# What `make quick` runs. A folder belongs here as long as all of this takes less than a minute on two cores.
QUICK = tests/diagnostics tests/document tests/emit tests/files tests/numbers tests/scoring \
	tests/project/test_golden.py tests/project/test_house.py tests/commands/test_check.py tests/commands/test_score.py \
	tests/site/pages tests/site/render --ignore=tests/site/pages/test_audit.py --ignore=tests/site/pages/test_search.py

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

site: .setup-runtime ## set up, check the reviews of this repository and render site/
	.venv/bin/kpigen build

test: .setup-dev ## set up, then style, types and all tests
	$(MAKE) --no-print-directory lint types unit

quick: .setup-dev ## style, types and the tests that need neither git nor a browser nor PDFs: under a minute
	$(MAKE) --no-print-directory lint types
	.venv/bin/python -m pytest -n auto -m "not hypothesis" $(QUICK)

check: .setup-runtime ## every problem of reviews, rules, roster and settings
	.venv/bin/kpigen check

site-check: .setup-runtime ## build elsewhere and fail where the committed site is out of date (PDFs apart)
	.venv/bin/python tools/site_check.py

lint: .setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo --no-cache

types: .setup-dev
	.venv/bin/mypy

unit: .setup-dev
	.venv/bin/python -m pytest -n auto -m "not papers"

papers: .setup-dev ## PDFs against forgers, other programs and five viewers; 500 with texts from all of Unicode and Markdown
	PAPERS=$(or $(PAPERS),500) VIEWED=$(or $(VIEWED),44) .venv/bin/python -m pytest -n auto --dist worksteal -m papers

fuzz: .setup-dev ## the property tests with examples that are new each time, ten times over
	for turn in 1 2 3 4 5 6 7 8 9 10; do HYPOTHESIS_PROFILE=random .venv/bin/python -m pytest -n auto -m hypothesis || exit 1; done

bench: .setup-dev ## time score and build on generated reviews, weigh the pages and PDFs of this repository
	.venv/bin/python tests/bench/bench.py
	.venv/bin/python tests/bench/weight.py

bench-history: .setup-dev ## time kpigen log on a generated git history, cold and warm
	.venv/bin/python tests/bench/history.py

bench-serve: .setup-dev ## time the live preview on generated reviews, from a save to the page
	.venv/bin/python tests/bench/serve.py

mutation: .setup-dev ## change the scoring code in small ways: do the tests notice? (an hour; not part of `make test`)
	rm -rf mutants
	PATH="$(CURDIR)/.venv/bin:$$PATH" nice .venv/bin/mutmut run --max-children 1
	.venv/bin/python tests/mutation/survivors.py

screenshots: .setup-dev ## take the pictures of docs/images/ anew
	.venv/bin/python tools/screenshots.py

messages: .setup-dev ## bring the message catalogues up to date with code and templates
	.venv/bin/python tools/messages.py

diagnostics: .setup-dev ## bring docs/diagnostics.md and the table of docs/settings.md up to date with the program
	.venv/bin/python tools/diagnostics.py
	.venv/bin/python tools/settings.py

lock:            ## write the lock files anew (needs uv)
	tools/lock.sh

clean:           ## remove what was installed and cached here
	rm -rf mutants .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: .setup-runtime .setup-dev
.setup-runtime:
	@tools/setup.sh runtime
.setup-dev:
	@tools/setup.sh dev
