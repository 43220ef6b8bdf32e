#!/bin/sh
# Installs suining_data from its bundle, without a network: sh install.sh [FOLDER], by default /opt/suining.
#
# Each version has a folder of its own with its own .venv, so that the services keep the old one until `current` is changed.
# PYTHON=... names an interpreter; it has to be of the version that the bundle was made with.
set -eu
bundle=$(cd "$(dirname "$0")" && pwd)
wanted=$(cat "$bundle/python-version")
python=${PYTHON:-python$wanted}
found=$("$python" -c 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])') || found=none
if [ "$found" != "$wanted" ]; then
    echo "This bundle needs Python $wanted with venv (Debian, Ubuntu: python$wanted-venv); $python is: $found" >&2
    exit 1
fi
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$bundle/project/pyproject.toml")
folder=${1:-/opt/suining}/$version
if [ -e "$folder" ]; then
    echo "$folder is there already: remove it, or install elsewhere" >&2
    exit 1
fi
# a broken-off installation leaves no half one under the name
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
umask 022 # the services run as another user
mkdir -p "$folder"
cp -R "$bundle/project/." "$folder/"

"$python" -m venv "$folder/.venv"
export PIP_NO_INDEX=1 PIP_FIND_LINKS="$bundle/wheels" PIP_CONFIG_FILE=/dev/null
pip="$folder/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps"
$pip --require-hashes --only-binary :all: -r "$folder/requirements.txt" -r "$folder/requirements-postgres.txt"
$pip --no-build-isolation --editable "$folder"
"$folder/.venv/bin/suining" --version >/dev/null
trap - EXIT
echo "$folder"
