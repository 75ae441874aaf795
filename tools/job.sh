#!/bin/sh
# One job of the day, for cron and systemd: tools/job.sh search|watch|takedown|health|backup|purge (docs/operations.md).
# Needs nothing of its surroundings: no HOME, LANG=C and PATH=/usr/bin:/bin will do. It prints what somebody must read
# and nothing else, so that every mail of cron is worth opening.
set -u
cd "$(dirname "$0")/.." || exit 2

# run LIMIT "CODES" VERB ...: the verb, stopped after LIMIT; what it said is shown unless it ended with one of CODES.
run() {
  limit=$1 expected=$2
  shift 2
  said=$(timeout -k 60 "$limit" .venv/bin/python -m scrapy "$@" 2>&1)
  code=$?
  case " $expected " in *" $code "*) return 0 ;; esac
  [ $code -ne 124 ] || said="$said
stopped after $limit"
  printf 'kataban %s (exit %s)\n%s\n' "$1" "$code" "$said" >&2
  worst=$code
  return "$code"
}

worst=0
case ${1:-} in
  # 3: some source could not look. It stands beside every answer, and `health` says when one is sick for good.
  # 5: the run of before still holds the sources.
  search)
    run 40m "0 3 5" search --max-minutes 25
    run 5m "0 5" notify
    ;;
  watch)
    run 70m "0 3 5" watch --max-minutes 50
    run 5m "0 5" notify
    ;;
  takedown)
    # What it wrote must be uploaded by a person, so it is shown whenever there is something.
    said=$(timeout -k 60 10m .venv/bin/python -m scrapy takedown ${2:+--out "$2"} 2>&1)
    worst=$?
    [ -z "$said" ] || printf '%s\n' "$said"
    ;;
  health) run 5m "0" health ;;
  backup) run 30m "0" backup --keep 14 ;;
  purge) run 60m "0" purge ;;
  *)
    echo "job.sh: say search, watch, takedown, health, backup or purge" >&2
    exit 2
    ;;
esac
exit "$worst"
