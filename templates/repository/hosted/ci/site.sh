#!/usr/bin/env bash
# Checks the branch, builds site/ from it and commits it there. Run by the site job in a full clone of the branch.
#   BRANCH      where to push to
#   FORMAT      how `kpigen check` prints what it finds
#   BOT_NAME, BOT_EMAIL   who the commit is by
set -euo pipefail
: "${BRANCH:?}" "${FORMAT:?}" "${BOT_NAME:?}" "${BOT_EMAIL:?}"

for _ in 1 2 3; do
  # The last commit of site/ is what was last accepted: what was published by then may not have changed since without an
  # amendment, whichever way it came onto the branch.
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
  # Refused: somebody merged in the meantime, then build from what is there now; or nobody may push here.
  git fetch --quiet origin "$BRANCH"
  if [ "$(git rev-parse FETCH_HEAD)" = "$(git rev-parse HEAD^)" ]; then
    echo "error: this job may not push to $BRANCH; docs/pull-requests.md of kpigen says how to let it" >&2
    exit 1
  fi
  git reset --quiet --hard FETCH_HEAD
done
echo "error: $BRANCH moved on three times while the site was built; run this job again" >&2
exit 1
