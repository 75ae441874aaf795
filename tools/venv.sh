#!/usr/bin/env bash
# Makes the virtual environment, or says the line to type.
set -u
python=$1 venv=$2
if ! command -v "$python" >/dev/null; then
  echo "No $python here. Type: sudo apt-get install python3 python3-venv   (or: make PYTHON=/path/to/python3.11)" >&2
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$python is $("$python" -V 2>&1), Kataban needs 3.11 or newer. Type: make PYTHON=/path/to/python3.11" >&2
  exit 2
fi
if ! "$python" -m venv "$venv"; then
  rm -rf "$venv"
  echo "$python cannot make a virtual environment. Type: sudo apt-get install python3-venv" >&2
  exit 2
fi
