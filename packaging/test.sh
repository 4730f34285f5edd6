#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and runs every test, offscreen:
#   packaging/test.sh             all tests; loaders and tokenizers again under ASan and UBSan, the threads under TSan
#   packaging/test.sh --fast      the plain build's tests only
# Arguments after -- pass on to ctest, for example: packaging/test.sh --fast -- -R knee
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=dependencies.sh
source "$here/dependencies.sh"

fast=no
[ "${1:-}" = --fast ] && { fast=yes; shift; }
[ "${1:-}" = -- ] && shift

install_packages "${inferlab_build_packages[@]}" "${inferlab_test_packages[@]}"
INFERLAB_MODEL=$("$here/fetch_model.sh")
export INFERLAB_MODEL QT_QPA_PLATFORM=offscreen

cd "$root"
# One version, for each formats a little differently.
if ! find app engine kernels ui tests \( -name '*.cpp' -o -name '*.h' -o -name '*.inl' -o -name '*.cu' -o -name '*.cuh' \) -print0 \
     | xargs -0 clang-format-14 --dry-run --Werror; then
  echo "test.sh: run clang-format-14 -i on the files above" >&2
  exit 1
fi

# build_and_test PRESET CTEST-ARGUMENTS...: a test that was skipped is a test that did not run, so a failure.
build_and_test() {
  local preset=$1
  shift
  cmake --preset "$preset" -DINFERLAB_WINDOW=ON # tests that are left out are tests that did not run
  cmake --build --preset "$preset" ${INFERLAB_TARGETS:+--target $INFERLAB_TARGETS}
  local log="$root/build/$preset/ctest.log"
  ctest --preset "$preset" -j "${INFERLAB_JOBS:-$(nproc)}" "$@" | tee "$log"
  if grep -q '(Skipped)' "$log"; then
    echo "test.sh: the tests above were skipped; nothing may be" >&2
    return 1
  fi
}

if [ "$fast" = no ]; then
  INFERLAB_TARGETS=sanitized_address build_and_test asan -L address
  # One at a time: each has as many threads as there are cores.
  INFERLAB_JOBS=1 INFERLAB_TARGETS=sanitized_thread build_and_test tsan -L thread
fi
build_and_test dev "$@"
"$here/module_report.sh" "$root/build/dev/bin/inferlab-cuda.so"
