#!/usr/bin/env bash
# Takes one step of a review that somebody asked for with the button, checks everything and commits it. Does not push.
# All values come from environment variables and are only ever used as values:
#   ACTION      submit, confirm, publish, amend or withdraw
#   FILE        a review or a folder of reviews
#   ROLE, NAME  who confirms (confirm), or who decided (amend, withdraw)
#   REASON      the reason (amend, withdraw)
#   DATE        the date to write; empty: today
#   WHO, EMAIL  login and email of the person who pressed the button
#   AGAIN       the login of the person who ran it again, if it failed at first
#   BASE        the branch or commit to compare with
#   FORMAT      the format in which `kpigen check` prints findings
#   BOT_NAME, BOT_EMAIL   the committer
set -euo pipefail

refuse() {
  echo "error: $1" >&2
  exit 1
}

case $ACTION in
  submit | confirm | publish | amend | withdraw) ;;
  *) refuse "there is no such action" ;;
esac
case "$FILE/" in
  *[[:cntrl:]]* | *\\* | */../* | */./* | *//?*) refuse "name the file like reviews/2026-07/PM-0002.front-desk.md" ;;
  reviews/*) ;;
  *) refuse "the file must be below reviews/" ;;
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
