#!/usr/bin/env bash
# Prints registers, spills and shared memory of each kernel of a built CUDA module; a kernel that spills is an error:
#   packaging/kernel_report.sh build/dev/bin/inferlab-cuda.so
# Needs cuobjdump: the toolkit's, or the one from PyPI (0.3 MB, fetched once into the user's cache folder). Exit 1
# where neither can be had: a module that nobody looked into is not one that was found good.
set -euo pipefail

project=nvidia-cuda-cuobjdump
version=13.2.78
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cuda_cards.sh
source "$here/cuda_cards.sh"
module=${1:-}
[ -f "$module" ] || { echo "kernel_report: a built module was expected, found ${module:-nothing}" >&2; exit 2; }

# Prints the path of cuobjdump.
cuobjdump_path() {
  local compiler folder
  compiler=$(cuda_compiler)
  if [ -n "$compiler" ] && [ -x "$(dirname "$compiler")/cuobjdump" ]; then
    echo "$(dirname "$compiler")/cuobjdump"
    return
  fi
  command -v cuobjdump && return
  [ -n "${XDG_CACHE_HOME:-}${HOME:-}" ] || return 1
  folder="${XDG_CACHE_HOME:-$HOME/.cache}/inferlab/$project-$version"
  if [ ! -x "$folder/cuobjdump" ]; then
    mkdir -p "$folder"
    python3 -m pip download -q --no-deps --only-binary=:all: -d "$folder" "$project==$version" >&2 || return 1
    python3 - "$folder" <<'PYTHON' || return 1
import os, pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith("/bin/cuobjdump"))
    part = folder / "cuobjdump.part"
    part.write_bytes(wheel.read(name))
    part.chmod(0o755)
    os.replace(part, folder / "cuobjdump")
PYTHON
  fi
  echo "$folder/cuobjdump"
}

cuobjdump=$(cuobjdump_path) || {
  echo "kernel_report: cuobjdump was not found and could not be fetched: $module was not looked into" >&2
  exit 1
}
"$cuobjdump" --dump-resource-usage "$module" | python3 "$here/kernel_report.py"
