#!/usr/bin/env bash
# Checks the branch, builds site/ from it and commits it there. The site job runs this in a full clone of the branch.
#   BRANCH      the branch to push to
#   FORMAT      the format in which `kpigen check` prints findings
#   BOT_NAME, BOT_EMAIL   the author of the commit
set -euo pipefail
: "${BRANCH:?}" "${FORMAT:?}" "${BOT_NAME:?}" "${BOT_EMAIL:?}"

for _ in 1 2 3; do
  # The last commit of site/ is the last accepted state. Reviews published by then must not have changed since without an
  # amendment, however the change came onto the branch.
  base=$(git log -1 --format=%H -- site)
  kpigen check --format "$FORMAT" ${base:+--base "$base"}
  kpigen build
  git add --all -- site
  if git diff --cached --quiet; then
    echo "site/ is up to date"
    exit 0
  fi
  git -c user.name="$BOT_NAME" -c user.email="$BOT_EMAIL" commit --quiet --message "site: built from $(git rev-parse --short HEAD)"
  if git push origin "HEAD:refs/heads/$BRANCH"; then
    exit 0
  fi
  # The push was refused. Either somebody merged in the meantime: build again from there. Or nobody may push here.
  git fetch --quiet origin "$BRANCH"
  if [ "$(git rev-parse FETCH_HEAD)" = "$(git rev-parse HEAD^)" ]; then
    echo "error: this job may not push to $BRANCH; docs/pull-requests.md of kpigen says how to allow it" >&2
    exit 1
  fi
  git reset --quiet --hard FETCH_HEAD
done
echo "error: $BRANCH changed three times while the site was built; run this job again" >&2
exit 1
