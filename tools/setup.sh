#!/bin/sh
# Creates .venv from a lock file and installs missing Debian packages: Pango, libharfbuzz-subset and a Chinese font for PDFs,
# python3-venv; for tests also poppler-utils, qpdf, mupdf-tools, ghostscript, libjs-pdf, strace, Chromium, git, and ssh-keygen and gpg to sign commits.
#   tools/setup.sh runtime|dev
set -eu
cd "$(dirname "$0")/.."
kind=${1:-runtime}
python=${PYTHON:-python3}

have_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }
have_command() { command -v "$1" >/dev/null 2>&1; }

missing=""
need() { missing="$missing $1"; }
have_command "$python" || need python3
"$python" -c 'import ensurepip' >/dev/null 2>&1 || need python3-venv
have_library libpango-1.0.so || need libpango-1.0-0
have_library libpangoft2-1.0.so || need libpangoft2-1.0-0
have_library libharfbuzz-subset.so || need libharfbuzz-subset0
have_command fc-list || need fontconfig
{ have_command fc-list && fc-list ':lang=zh-cn' family | grep -q .; } || need fonts-noto-cjk
if [ "$kind" = dev ]; then
  have_command git || need git
  have_command ssh-keygen || need openssh-client
  have_command gpg || need gpg
  have_command pdftotext || need poppler-utils
  have_command qpdf || need qpdf
  have_command mutool || need mupdf-tools
  have_command gs || need ghostscript
  have_command strace || need strace
  [ -f /usr/share/javascript/pdf/build/pdf.js ] || need libjs-pdf
  [ -x /usr/bin/chromium ] || need chromium
fi

if [ -n "$missing" ]; then
  command="apt-get install -y --no-install-recommends$missing"
  if ! have_command apt-get; then
    echo "setup: this system has no apt. Install with its own package manager:$missing" >&2
    echo "setup: without them everything but PDFs works." >&2
  elif [ "$(id -u)" = 0 ]; then
    echo "setup: installing$missing" >&2
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $command >/dev/null
  elif have_command sudo && sudo -n true 2>/dev/null; then
    echo "setup: installing$missing" >&2
    sudo apt-get update -q >/dev/null && sudo env DEBIAN_FRONTEND=noninteractive $command >/dev/null
  else
    echo "setup: some system packages are missing. Run this, then try again:" >&2
    echo "  sudo apt-get update && sudo $command" >&2
    exit 1
  fi
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "setup: Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }

lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
stamp=$(cat requirements.lock $lock pyproject.toml | cksum)
# The development environment includes the runtime one.
for done in .venv/.kpigen-dev .venv/.kpigen-$kind; do
  if [ -f "$done" ] && [ "$(cat "$done")" = "$(cat requirements.lock "$( [ "${done##*-}" = dev ] && echo requirements-dev.lock || echo requirements.lock )" pyproject.toml | cksum)" ]; then
    exit 0
  fi
done
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "setup: installing $lock into .venv" >&2
pip=".venv/bin/python -m pip --quiet --disable-pip-version-check --no-input"
PIP_ROOT_USER_ACTION=ignore $pip install --require-hashes -r $lock
PIP_ROOT_USER_ACTION=ignore $pip install --no-deps --no-build-isolation --editable .
echo "$stamp" >".venv/.kpigen-$kind"
