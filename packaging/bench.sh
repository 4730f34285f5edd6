#!/usr/bin/env bash
# Builds with the release preset and prints the benchmarks, each with its goal and its command:
#   packaging/bench.sh [--model FILE] [--threads N] [--quick] [--json]
#   packaging/bench.sh --peer [--files Q4_1,Q8_0] [...]   beside llama.cpp, on the same files, in turn
# Exit 0 even where a goal is missed; 1 where a benchmark could not run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=dependencies.sh
source "$here/dependencies.sh"

install_packages "${inferlab_build_packages[@]}" "${inferlab_test_packages[@]}"
case " $* " in
  *" --model "* | *" --model="*) model_argument=() ;;
  *) model_argument=(--model "$("$here/fetch_model.sh")") ;;
esac

peer=no
arguments=()
for argument in "$@"; do
  if [ "$argument" = --peer ]; then peer=yes; else arguments+=("$argument"); fi
done
set -- "${arguments[@]+"${arguments[@]}"}"
peer_programs=
if [ $peer = yes ]; then peer_programs=$("$here/fetch_peer.sh"); fi

build="$root/build/release"
log="$build/bench-build.log"
mkdir -p "$build"
targets=(inferlab-cli)
[ $peer = yes ] || targets+=(bench_live_figures)
{ cd "$root" && cmake --preset release -DINFERLAB_BUILD_TESTS=ON; } >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  exit 1
}
# Without Qt there is no window to measure.
known=$(cmake --build "$build" --target help)
if [ $peer = no ] && grep -q '^inferlab:' <<<"$known" && grep -q '^bench_window:' <<<"$known"; then
  targets+=(inferlab bench_window)
fi
echo "inferlab: building ${targets[*]} (log: $log)" >&2
cmake --build "$build" --target "${targets[@]}" >>"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  echo "inferlab: the build failed; the whole log is $log" >&2
  exit 1
}
if [ $peer = yes ]; then
  exec python3 "$root/tests/bench/peer/compare_with_peer.py" --bin "$build/bin" --peer-bin "$peer_programs" \
    "${model_argument[@]}" "$@"
fi
exec python3 "$root/tests/bench/run_benchmarks.py" --bin "$build/bin" "${model_argument[@]}" "$@"
