#!/bin/sh
# Regenerates the lock files from pyproject.toml. Run it after changing a dependency, then run `make test`.
set -eu
cd "$(dirname "$0")/.."
common="--generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header --quiet"
uv pip compile pyproject.toml --group build $common -o requirements.lock
uv pip compile pyproject.toml --group dev --extra sign $common -o requirements-dev.lock
