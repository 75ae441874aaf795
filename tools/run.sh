#!/usr/bin/env bash
# The main job: a queue file in, what can be bought out. Exit 3 of the search (some source could not look) is shown and
# counts as success here; every other code is passed on.
set -u
py=.venv/bin/python
queue=$1
[ -n "$queue" ] || { echo "run.sh needs a queue file" >&2; exit 2; }
started=$SECONDS
$py -m scrapy search --queue "$queue" -v
code=$?
case $code in
  0) ;;
  3) echo "(exit 3: some source could not look; the coverage below says which and why)" ;;
  4)
    echo "Nothing could be checked. The sources, and what switches each one on in .env:"
    $py -m scrapy sources
    [ "${SCRAPY_PROJECT:-default}" = default ] || exit $code
    exit 0
    ;;
  *) exit $code ;;
esac
echo
$py -m scrapy alternatives || exit $?
echo "Searched in $((SECONDS - started)) s."
$py -m scrapy settings --get KATABAN_DATABASE | sed 's/^/Results database: /'
$py -m scrapy settings --get STATE_FOLDER | sed 's|^|As a page:        |; s|$|/report.html|'
