#!/usr/bin/env bash
# The whole suite. The last lines count passed, failed, and skipped by reason.
set -u
report=$(mktemp)
trap 'rm -f "$report"' EXIT
.venv/bin/python -m pytest "$@" 2>&1 | tee "$report"
code=${PIPESTATUS[0]}
count() { grep -Eo "[0-9]+ $1" "$report" | tail -n 1 | grep -Eo '^[0-9]+' || echo 0; }
echo
grep -E '^SKIPPED' "$report" | sed -E 's/^SKIPPED \[([0-9]+)\] [^ ]+ /skipped \1: /' | sort | uniq -c | sed -E 's/^ +1 //'
echo "$(count passed) passed, $(( $(count failed) + $(count error) )) failed, $(count skipped) skipped"
exit "$code"
