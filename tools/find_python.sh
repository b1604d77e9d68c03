#!/bin/sh
# Print the first Python that is new enough (3.11 or later), or say how to get one.
for candidate in python3 python3.11 python3.12 python3.13 python3.14 python; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    command -v "$candidate"
    exit 0
  fi
done
found=$(python3 --version 2>/dev/null || echo "no python3")
echo "This book needs Python 3.11 or newer; found: $found." >&2
echo "Install one (Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv; macOS: brew install python)" >&2
echo "or name it: make book PYTHON=/path/to/python3.11" >&2
exit 1
