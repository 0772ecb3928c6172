#!/usr/bin/env bash
# Pin every requirement with hashes: requirements/dev.txt first, then one file a deployable package out of it.
# Versions already pinned stay unless a pyproject.toml no longer allows them; `deploy/lock.sh --upgrade` moves them all.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
[ -x "$uv" ] || uv=.venv/Scripts/uv.exe
[ -x "$uv" ] || uv=uv

projects=(libs/*/pyproject.toml jobs/*/pyproject.toml services/*/pyproject.toml apps/*/pyproject.toml)
# Our own packages are installed from this tree, so only what they need is written; no host and no path of this machine.
options=(--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links)
for name in $(sed -n 's/^name = "\(sdp-.*\)"/\1/p' "${projects[@]}"); do options+=(--no-emit-package "$name"); done

write() { # write NAME ARGUMENT...: compile requirements/NAME.txt
  local file=requirements/$1.txt
  shift
  "$uv" pip compile "${options[@]}" --output-file "$file" "$@" >/dev/null
  sed '/^# The following packages were excluded/,$d' "$file" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$file.new"
  mv "$file.new" "$file"
  echo "$file: $(grep -c '==' "$file") packages"
}

mkdir -p requirements
write dev "$@" --all-extras "${projects[@]}" --group pyproject.toml:dev
pinned=(--constraint requirements/dev.txt)
write common "${pinned[@]}" libs/common/pyproject.toml # the layer under every image
write common-features "${pinned[@]}" --extra features libs/common/pyproject.toml
write ingestion "${pinned[@]}" jobs/ingestion/pyproject.toml
write ingestion-demo "${pinned[@]}" --extra demo jobs/ingestion/pyproject.toml
write features "${pinned[@]}" jobs/features/pyproject.toml
write training "${pinned[@]}" jobs/training/pyproject.toml
write inference "${pinned[@]}" services/inference/pyproject.toml
write sim-engine "${pinned[@]}" services/sim-engine/pyproject.toml
write optimizer "${pinned[@]}" services/optimizer/pyproject.toml
write api "${pinned[@]}" services/api/pyproject.toml
write cli "${pinned[@]}" apps/cli/pyproject.toml
write build "${pinned[@]}" - <<<uv-build
