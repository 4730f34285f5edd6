# Sourced by run.sh and gpu_check.sh: which NVIDIA cards there are, and whether the module can be built for them.

# Older cards lack the integer products and the tensor cores that the kernels use.
oldest_capability=75

# listed_cards: the compute capability of each card that the driver lists, "80", one a line.
listed_cards() {
  command -v nvidia-smi >/dev/null || return 0
  nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d '. ' | grep -E '^[0-9]+$' | sort -un || true
}

# cuda_cards: those that the module can be built for, as CMake takes them: "80;90".
cuda_cards() {
  listed_cards | awk -v oldest="$oldest_capability" '$1 >= oldest' | paste -sd';' -
}

# cuda_compiler: the path of nvcc; nothing where there is none. The places are those of packaging/cmake/cuda.cmake.
cuda_compiler() {
  local folder
  for folder in ${CUDA_HOME:+"$CUDA_HOME/bin"} ${CUDA_PATH:+"$CUDA_PATH/bin"} /usr/local/cuda/bin /opt/cuda/bin; do
    [ -x "$folder/nvcc" ] && { printf '%s\n' "$folder/nvcc"; return 0; }
  done
  command -v nvcc || true
}

# compiler_major NVCC: "13" of "release 13.0".
compiler_major() {
  "$1" --version 2>/dev/null | sed -n 's/.*release \([0-9]*\)\..*/\1/p'
}

# explain_toolkit REASON: how to get what is missing; for people, on stderr.
explain_toolkit() {
  local name driver limit=
  name=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)
  driver=$(nvidia-smi 2>/dev/null | sed -n 's/.*CUDA Version: *\([0-9]*\)\.\([0-9]*\).*/\1-\2/p' | head -n 1)
  if [ -n "$driver" ] && [ "${driver%-*}" -lt 12 ]; then
    echo "inferlab: there is a GPU, and its driver is too old (for CUDA ${driver/-/.}; 12 or 13 is needed): \
update the NVIDIA driver, then start packaging/run.sh again; this build runs on the CPU" >&2
    return 0
  fi
  [ -z "$driver" ] || limit=", not newer than ${driver/-/.} (your driver's)"
  cat >&2 <<TEXT
inferlab: there is a GPU (${name:-NVIDIA}), and $1: this build runs on the CPU.
inferlab: To use the GPU, install the CUDA toolkit, version 12 or 13$limit:
inferlab:   1. https://developer.nvidia.com/cuda-downloads: Linux, x86_64, your release, deb (network); do its first steps
inferlab:   2. sudo apt-get install cuda-toolkit-${driver:-12-8}
inferlab:   3. start packaging/run.sh again (CUDA_HOME=FOLDER packaging/run.sh where the toolkit lies elsewhere)
TEXT
}

# cuda_options: CMake's options for the cards that are there, one a line; says why where the module is left out.
cuda_options() {
  local cards compiler major
  cards=$(cuda_cards)
  if [ -z "$cards" ]; then
    [ -z "$(listed_cards)" ] ||
      echo "inferlab: the GPU has compute capability below 7.5, which the kernels need: this build runs on the CPU" >&2
    echo -DINFERLAB_CUDA=OFF # no card, no reason to build for one
    return 0
  fi
  compiler=$(cuda_compiler)
  if [ -z "$compiler" ]; then
    explain_toolkit "no CUDA toolkit (nvcc)"
    echo -DINFERLAB_CUDA=OFF
    return 0
  fi
  major=$(compiler_major "$compiler") || true # one that does not run
  if [ "${major:-0}" -lt 12 ]; then
    explain_toolkit "its toolkit is too old ($compiler is of CUDA ${major:-unknown})"
    echo -DINFERLAB_CUDA=OFF
    return 0
  fi
  printf '%s\n' -DINFERLAB_CUDA=ON "-DINFERLAB_NVCC=$compiler" "-DINFERLAB_CUDA_ARCHITECTURES=$cards"
}
