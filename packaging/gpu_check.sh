#!/usr/bin/env bash
# Checks and times the CUDA module on this machine's card; writes one JSON with the device and all figures:
#   packaging/gpu_check.sh [--quick] [--out FILE.json] [--models FOLDER] [--parts tests,sanitizer,operators,agreement,crossover,bench]
#   packaging/gpu_check.sh --carry FOLDER   builds, needing no card, and puts the programs and this script into FOLDER:
#                                           FOLDER/gpu_check.sh then runs on a machine that has a driver, Python 3
#                                           and nothing else (cuBLAS, where its toolkit is, is used)
# Needs nvcc (CUDA 12 or 13) and what the program is built from without Qt; no network. INFERLAB_CUDA_ARCHITECTURES
# names compute capabilities, such as "80;90"; without it: those of the cards that are there.
# The tests alone, after a build: ctest --test-dir build/gpu -L gpu
# Exit 0: all that ran passed (what was left out is said); 1: something failed; 77: there is no card.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

fail() {
  echo "gpu_check: $1" >&2
  exit "${2:-1}"
}

command -v python3 >/dev/null || fail "python3 was not found"

# Carried: the programs lie beside this script.
if [ -x "$here/bin/inferlab-cli" ]; then
  export LD_LIBRARY_PATH="$here/lib:${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}${CUDA_HOME:-/usr/local/cuda}/lib64"
  export INFERLAB_FIXTURES_FOLDER="$here/fixtures" PYTHONDONTWRITEBYTECODE=1
  exec python3 "$here/gpu_check.py" --bin "$here/bin" "$@"
fi

carry=
if [ "${1:-}" = --carry ]; then
  carry=${2:-}
  [ -n "$carry" ] || fail "--carry: a folder was expected"
  shift 2
fi

# shellcheck source=cuda_cards.sh
source "$here/cuda_cards.sh"
architectures=${INFERLAB_CUDA_ARCHITECTURES:-$(cuda_cards)}
if [ -z "$architectures" ]; then
  [ -n "$carry" ] || fail "no card to check on: nvidia-smi lists none (no NVIDIA driver, or no GPU); \
--carry FOLDER builds for another machine" 77
  architectures="80;90"
fi

build="$root/build/gpu"
log="$build/build.log"
mkdir -p "$build"
echo "gpu_check: building for $architectures (log: $log)" >&2
{ cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DINFERLAB_WINDOW=OFF -DINFERLAB_CUDA=ON \
    -DINFERLAB_GPU_TESTS=ON "-DINFERLAB_CUDA_ARCHITECTURES=$architectures" &&
  cmake --build "$build" --target gpu_check -j "$(nproc)"; } >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  fail "the build failed; the whole log is $log"
}

tests="$root/tests/gpu"
[ -n "$carry" ] || exec python3 "$tests/gpu_check.py" --bin "$build/bin" "$@"

# Everything that is not the C library's own, which is older here than there.
mkdir -p "$carry/bin" "$carry/lib" "$carry/fixtures"
for program in inferlab-cli inferlab-cuda.so gpu_operators gpu_same_bits gpu_not_numbers gpu_logit_summary gpu_models gpu_random_models gpu_steps card_limits product_times \
               make_random_gguf; do
  cp "$build/bin/$program" "$carry/bin/"
  while read -r library; do
    cp -L "$library" "$carry/lib/"
  done < <(ldd "$carry/bin/$program" | awk '$3 ~ /^\// { print $3 }' |
             grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv)\.so')
done
cp -r "$root/tests/fixtures/tiny" "$carry/fixtures/"
cp "$tests/gpu_check.py" "$tests/bench_figures.py" "$here/gpu_check.sh" "$carry/"
echo "gpu_check: $carry holds $(du -sh "$carry" | cut -f1); on the machine with the card: $carry/gpu_check.sh" >&2
