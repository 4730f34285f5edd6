#!/usr/bin/env bash
# InferLab in one command: installs what is missing, fetches the default model, builds, opens the window.
# Arguments pass on to the program. Without a display it writes a demo into ./inferlab-demo instead.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=dependencies.sh
source "$here/dependencies.sh"
# shellcheck source=cuda_cards.sh
source "$here/cuda_cards.sh"

install_packages "${inferlab_build_packages[@]}"

# A model of one's own needs no default model: go on without it when it cannot be fetched.
if ! model=$("$here/fetch_model.sh"); then
  case " $* " in
    *" --model "* | *" --model="* | *" --open "* | *" --open="*) ;;
    *) echo "inferlab: going on without the default model" >&2 ;;
  esac
fi

build="$root/build/release"
log="$build/build.log"
mkdir -p "$build"
[ -f "$build/build.ninja" ] || echo "inferlab: building (some minutes the first time; log: $log)" >&2

# build CMAKE-OPTION...
build() {
  (cd "$root" && cmake --preset release -DINFERLAB_BUILD_TESTS=OFF -DINFERLAB_WINDOW=ON "$@") >"$log" 2>&1 &&
    cmake --build "$build" >>"$log" 2>&1
}

mapfile -t cuda < <(cuda_options)
[ ${#cuda[@]} -gt 0 ] || cuda=(-DINFERLAB_CUDA=OFF)
if ! build "${cuda[@]}"; then
  # A toolkit that does not build here is no reason to have no program.
  if [ "${cuda[0]}" = -DINFERLAB_CUDA=ON ] && cp "$log" "$log.cuda" && build -DINFERLAB_CUDA=OFF; then
    echo "inferlab: the part for the GPU could not be built (log: $log.cuda); going on with the CPU" >&2
  else
    tail -n 20 "$log" >&2
    echo "inferlab: the build failed; the whole log is $log" >&2
    exit 1
  fi
fi

# The program itself says that there is no display, and writes the demo.
exec "$build/bin/inferlab" "$@"
