#!/bin/sh
# Installs locked packages, each proved by its hash: scripts/install.sh PYTHON LOCK… The same for `make` and the image.
set -eu
python=$1
shift
for lock in "$@"; do
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
done
