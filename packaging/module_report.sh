#!/usr/bin/env bash
# What a build says of its CUDA module at its end: packaging/module_report.sh build/dev/bin/inferlab-cuda.so
# The report of its kernels (kernel_report.sh), which has to be made where the module is; where it is not, that it was
# left out, and what nobody has looked at therefore. INFERLAB_NEEDS_CUDA=1: leaving it out is an error.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=${1:?a path of the module was expected}

if [ -f "$module" ]; then
  exec "$here/kernel_report.sh" "$module"
fi
cat >&2 <<TEXT
module_report: LEFT OUT: the CUDA module was not built (nvcc 12 or 13 was not found). Its kernels ran on the host, in
module_report: the emulation; that nvcc compiles them, their registers and spills were not checked.
TEXT
[ "${INFERLAB_NEEDS_CUDA:-0}" = 0 ]
