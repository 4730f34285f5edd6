#!/usr/bin/env python3
"""Times llama.cpp and InferLab on the same files with the same threads, in turn, and prints their ratio.

Called by `packaging/bench.sh --peer`, which installs and builds both. Every figure is the median of some rounds;
in each round both programs run one after the other, so that what else the machine does meets both. Needs Python
3.9 and nothing else. Nothing is asserted: a goal that was missed is said to be missed."""

import argparse
import json
import os
import statistics
import sys

import peer_files
from peer_cases import COMPARISONS
from peer_programs import Own, Peer, text_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from run_benchmarks import machine_lines  # noqa: E402: after the path to it


def compare(case, model, peer, own, rounds):
    theirs, ours = [], []
    for _ in range(rounds):
        theirs.append(peer.tok_s(case, model))
        ours.append(own.tok_s(case, model))
    return {"peer": theirs, "own": ours, "ratio": statistics.median(ours) / statistics.median(theirs)}


def spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}-{max(values):,.0f})"


def print_row(kind, case, goal, result):
    wanted = "" if goal is None else f"{goal:g}x"
    verdict = "" if goal is None else "met" if result["ratio"] >= goal else "MISSED"
    print(f"{kind:<7} {case.name:<21} {spread(result['peer']):>24} {spread(result['own']):>24} "
          f"{result['ratio']:>6.2f}x {wanted:>6}  {verdict}")
    sys.stdout.flush()


def chosen_kinds(text):
    kinds = text.split(",")
    for kind in kinds:
        if kind not in COMPARISONS:
            raise argparse.ArgumentTypeError(f"one of {', '.join(COMPARISONS)} expected, \"{kind}\" found")
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder with inferlab-cli")
    parser.add_argument("--peer-bin", required=True, help="folder with llama.cpp's programs")
    parser.add_argument("--model", required=True, help="the default model")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--files", type=chosen_kinds, default=list(COMPARISONS),
                        help="types of files, such as Q4_1,Q8_0")
    parser.add_argument("--quick", action="store_true", help="one round: for trying this out")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arguments = parser.parse_args()

    peer = Peer(arguments.peer_bin, arguments.threads)
    own = Own(arguments.bin, arguments.threads)
    rounds = 1 if arguments.quick else 5
    machine = list(machine_lines())
    if not arguments.json:
        for line in machine:
            print(line)
        print(f"{arguments.threads} threads; tok/s over all sequences, median (smallest-largest) of {rounds}, in turn")
        print(f"{'file':<7} {'what':<21} {'llama.cpp':>24} {'InferLab':>24} {'ratio':>7} {'goal':>6}")
    rows, failed = [], 0
    for kind in arguments.files:
        for case, goal in COMPARISONS[kind]:
            try:
                model = peer_files.file_of(kind, arguments.model, arguments.peer_bin)
                result = compare(case, model, peer, own, rounds)
            except (RuntimeError, OSError, KeyError, ValueError) as error:
                failed += 1
                rows.append({"file": kind, "case": case.name, "error": str(error)})
                print(f"{kind:<7} {case.name:<21} left out: {error}", file=sys.stderr)
                continue
            rows.append({"file": kind, "case": case.name, "goal": goal, **result,
                         "peer_command": text_of(peer.command(case, model)),
                         "own_command": text_of(own.command(case, model))})
            if not arguments.json:
                print_row(kind, case, goal, result)
    if arguments.json:
        print(json.dumps({"machine": machine, "threads": arguments.threads, "rounds": rounds, "results": rows},
                         indent=2))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
