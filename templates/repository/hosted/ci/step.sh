#!/usr/bin/env bash
# Takes one step of a review, as somebody asked for by a button, checks everything and commits it. Nothing is pushed here.
# All values come by the environment and are only ever used as values:
#   ACTION      submit, confirm, publish, amend or withdraw
#   FILE        a review or a folder of reviews
#   ROLE, NAME  who confirms (confirm), who decided it (amend, withdraw)
#   REASON      why (amend, withdraw)
#   DATE        the date to write; empty: today
#   WHO, EMAIL  the login of who pressed the button
#   AGAIN       the login of who ran it again, where it failed at first
#   BASE        the commit to compare with
#   FORMAT      how `kpigen check` prints what it finds
#   BOT_NAME, BOT_EMAIL   who makes the commit
set -euo pipefail

refuse() {
  echo "error: $1" >&2
  exit 1
}

case $ACTION in
  submit | confirm | publish | amend | withdraw) ;;
  *) refuse "there is no action of this name" ;;
esac
case "$FILE/" in
  *[[:cntrl:]]* | *\\* | */../* | */./* | *//?*) refuse "the file is named like reviews/2026-07/PM-0002.front-desk.md" ;;
  reviews/*) ;;
  *) refuse "the file lies below reviews/" ;;
esac
[ -e "$FILE" ] || refuse "there is no such file or folder on this branch: $FILE"

# `--option=value`, never `--option value`: a value that begins with a dash stays a value.
options=(--yes)
[ -z "${DATE:-}" ] || options+=("--date=$DATE")
case $ACTION in
  confirm)
    options+=("--role=${ROLE:-}")
    [ -z "${NAME:-}" ] || options+=("--name=$NAME")
    ;;
  amend | withdraw)
    [ -n "${REASON:-}" ] || refuse "$ACTION needs a reason: the report shows it"
    options+=("--reason=$REASON" "--by=${NAME:+$NAME, }$WHO")
    ;;
esac
kpigen "$ACTION" "${options[@]}" -- "$FILE"
kpigen check --format "$FORMAT" --base "$BASE"

trailers="Requested-by: $WHO"
[ "${AGAIN:-$WHO}" = "$WHO" ] || trailers+=$'\n'"Run-again-by: $AGAIN"
git --literal-pathspecs add -- "$FILE"
git -c user.name="$BOT_NAME" -c user.email="$BOT_EMAIL" commit --quiet --author "$WHO <$EMAIL>" \
  --message "kpigen $ACTION: $FILE" --message "$trailers"
