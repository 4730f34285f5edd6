#!/usr/bin/env python3
"""Registers, spills and shared memory of each kernel, from what cuobjdump says of the CUDA module.

Usage: cuobjdump --dump-resource-usage MODULE | kernel_report.py
One line for each kernel and architecture; `warps` is how many the registers alone let stand on a multiprocessor, of
those that fit there at all. Dynamic shared memory is asked for at launch and does not show. Exit 1 where a kernel
spills (local memory, or a stack), 2 where nothing could be read.
"""
import re
import subprocess
import sys

REGISTERS = 65536  # of a multiprocessor
WARP_LANES = 32
REGISTER_UNIT = 256  # a warp's registers are handed out in such portions
WARP_UNIT = 4  # and to so many warps at a time
MOST_WARPS = {"sm_75": 32, "sm_86": 48, "sm_89": 48, "sm_120": 48}  # 64 on the others
TYPES = {0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 12: "Q4_K", 13: "Q5_K",
         14: "Q6_K", 30: "BF16"}  # kernels/api/dtype.h
FUNCTION = re.compile(r"^\s*Function (\S+):$")
USAGE = re.compile(r"REG:(\d+) STACK:(\d+) SHARED:(\d+) LOCAL:(\d+)")


def warps_by_registers(registers, architecture):
    portion = -(-registers * WARP_LANES // REGISTER_UNIT) * REGISTER_UNIT
    most = MOST_WARPS.get(architecture, 64)
    return min(most, REGISTERS // portion // WARP_UNIT * WARP_UNIT) if registers else most


def parse(text):
    """(architecture, mangled name, registers, stack, shared, local) of each kernel, in the order of the dump."""
    architecture, name, found = "?", None, []
    for line in text.splitlines():
        if line.startswith("arch = "):
            architecture = line.split("=")[1].strip()
        elif match := FUNCTION.match(line):
            name = match.group(1)
        elif (match := USAGE.search(line)) and name is not None:
            found.append((architecture, name, *map(int, match.groups())))
            name = None
    return found


def short_names(mangled):
    """"attentionKernel<float, 2, 8>" of a whole signature; as it is where c++filt is missing."""
    try:
        done = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True)
        names = done.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = list(mangled)
    short = []
    for name in names:
        name = name.replace("(anonymous namespace)::", "").replace("inferlab::cuda::", "").replace("inferlab::", "")
        name = re.sub(r"^void ", "", name)
        name = re.sub(r"\(DType\)(\d+)", lambda match: TYPES.get(int(match.group(1)), match.group(0)), name)
        depth = 0
        for i, c in enumerate(name):  # the parameters begin at the first bracket outside of the template's
            depth += (c == "<") - (c == ">")
            if c == "(" and depth == 0:
                name = name[:i]
                break
        short.append(name)
    return short


def main():
    kernels = parse(sys.stdin.read())
    if not kernels:
        print("kernel_report: no kernel was found in what cuobjdump said", file=sys.stderr)
        return 2
    names = short_names([kernel[1] for kernel in kernels])
    rows = sorted((architecture, name, *numbers) for name, (architecture, _, *numbers) in zip(names, kernels))
    print(f"{'arch':<8}{'kernel':<64}{'registers':>10}{'warps':>7}{'shared':>8}{'stack':>7}{'spilled':>9}")
    spilled = []
    for architecture, name, registers, stack, shared, local in rows:
        print(f"{architecture:<8}{name[:63]:<64}{registers:>10}{warps_by_registers(registers, architecture):>7}"
              f"{shared:>8}{stack:>7}{local:>9}")
        if local > 0 or stack > 0:
            spilled.append(f"{name} ({architecture})")
    print(f"{len(rows)} kernels; " + ("none spills" if not spilled else "these spill: " + ", ".join(spilled)))
    return 1 if spilled else 0


if __name__ == "__main__":
    sys.exit(main())
