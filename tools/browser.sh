#!/usr/bin/env bash
# A browser for the sources that need one: what the machine has, else Debian's headless shell, else Playwright's own.
# Without any it says what is missing and lets the run go on: those sources then end as no_browser.
set -u
py=.venv/bin/python
found() { "$py" -c 'import sys; from kataban.manners.browser_path import find_browser; sys.exit(find_browser() is None)'; }
found && exit 0
line="apt-get install -y --no-install-recommends chromium-headless-shell"
if command -v apt-get >/dev/null; then
  as_root=""
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  echo "Installing a browser for the sources that need one: $line"
  DEBIAN_FRONTEND=noninteractive timeout 300 $as_root $line >/dev/null 2>&1 ||
    { timeout 120 $as_root apt-get update >/dev/null 2>&1 &&
      DEBIAN_FRONTEND=noninteractive timeout 300 $as_root $line >/dev/null 2>&1; }
  found && exit 0
fi
echo "Trying Playwright's own browser (two minutes at most)"
env -u PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD timeout 120 "$py" -m playwright install chromium --only-shell >/dev/null 2>&1
found && exit 0
echo "No browser: sources that need one will say no_browser. To have one, type: sudo $line" >&2
exit 0
