#!/bin/sh
# `make bundle`: one archive that installs suining_data on a machine without a network.
#
# In it: the committed project, the wheels of requirements.txt and requirements-postgres.txt for this Python and processor
# (DuckDB's extension is one of them), install.sh. Where wheels come from is pip's own configuration. Wheels are checked by their hashes, now and when
# they are installed.
set -eu
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
version=$(git show HEAD:pyproject.toml | sed -n 's/^version = "\(.*\)"$/\1/p')
name=suining_data-$version-$("$python" -c 'import platform, sys; print(f"py{sys.version_info[0]}{sys.version_info[1]}-{platform.machine()}")')
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir -p "$made/$name/project" dist

git archive HEAD | tar -x -C "$made/$name/project"
"$python" -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    -r "$made/$name/project/requirements.txt" -r "$made/$name/project/requirements-postgres.txt" -d "$made/$name/wheels"
cp "$made/$name/project/deploy/install.sh" "$made/$name/"
"$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' >"$made/$name/python-version"

# wheels are compressed already
tar --owner=0 --group=0 -C "$made" -cf "dist/$name.tar" "$name"
(cd dist && sha256sum "$name.tar" >"$name.tar.sha256")
echo "dist/$name.tar"
