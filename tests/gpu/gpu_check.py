#!/usr/bin/env python3
"""Checks and times the CUDA module on the card of this machine, and writes all figures as one JSON document.

Called by packaging/gpu_check.sh, which builds the programs. Needs Python 3.9 and nothing else. Exit 0: all that ran
passed, and what was left out is said (a missed goal is said too, and no error); 1: something failed; 77: there is no
card.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import bench_figures
from bench_figures import MODELS

TESTS = ("gpu_operators", "gpu_same_bits", "gpu_not_numbers", "gpu_logit_summary", "gpu_models", "gpu_random_models",
         "gpu_steps")
SANITIZED = ("gpu_operators", "gpu_not_numbers", "gpu_logit_summary", "gpu_steps")
TOOLS = ("memcheck", "racecheck")
PARTS = ("tests", "sanitizer", "operators", "agreement", "crossover", "bench")
NO_CARD = 77
TEST_SECONDS = 900
PROGRAM_SECONDS = 1800
# Of the largest logit; the gap within which two computations may choose another token.
TOLERANCE = {"F16": 1e-2, "Q8_0": 2e-2, "Q4_0": 2e-2}
# Greedy answers beside the CPU's: prompts from which cuBLAS multiplies, for F16 and for the others, and contexts that
# attention divides.
GREEDY_PROMPTS = (64, 300)
GREEDY_TOKENS = 32
LEAST_GAP = 0.1
PROMPT = [11, 200, 57, 3, 98, 150, 33, 260, 77, 12, 240, 5, 171, 92, 31, 8, 99, 17, 210, 44]


class Failed(Exception):
    """A program that did not do what it should, in one line."""


def say(line):
    print(line, flush=True)


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "nothing was printed"


def run(command, seconds=PROGRAM_SECONDS, env=None):
    """stdout of a program that has to succeed."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=seconds, check=False,
                              env=env)
    except FileNotFoundError as error:
        raise Failed(f"{command[0]} is missing: build with packaging/gpu_check.sh") from error
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{os.path.basename(command[0])} took more than {seconds} s") from error
    if done.returncode != 0:
        raise Failed(f"{shlex.join(command)} exited with {done.returncode}: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def run_json(command, seconds=PROGRAM_SECONDS, env=None):
    text = run(command, seconds, env)
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failed(f"{shlex.join(str(part) for part in command)} printed no JSON: {error}") from error


def driver_lines():
    """What nvidia-smi says of the card and its driver; none where it is not installed."""
    fields = ("name", "driver_version", "clocks.max.sm", "clocks.max.mem", "power.limit", "pcie.link.gen.max",
              "persistence_mode")
    try:
        text = run(["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader"], 30)
    except Failed:
        return None
    return dict(zip(fields, (value.strip() for value in text.splitlines()[0].split(","))))


class Check:
    def __init__(self, arguments):
        self.bin = arguments.bin
        self.models = arguments.models
        self.quick = arguments.quick
        self.report = {"format": "inferlab-gpu-check", "version": 1, "date": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
                       "quick": arguments.quick}
        self.failures = []
        self.left_out = []

    def program(self, name):
        return os.path.join(self.bin, name)

    def fail(self, line):
        self.failures.append(line)
        say(f"FAILED  {line}")

    def leave_out(self, part, why):
        self.left_out.append(f"{part} ({why})")
        say(f"NOT RUN {part}: {why}")

    # The reason why there is none, or None.
    def find_card(self):
        devices = run_json([self.program("inferlab-cli"), "devices", "--json"])["devices"]
        device = next(d for d in devices if d["kind"] == "cuda")
        if not device["available"]:
            return device["reason"]
        self.report["device"] = device
        self.report["driver"] = driver_lines()
        say(f"{device['name']}, {device['memory_bytes'] / 2**30:.0f} GiB")
        return None

    def run_test(self, name, command):
        begin = time.monotonic()
        try:
            run(command, TEST_SECONDS)
            failure = None
        except Failed as error:
            failure = str(error)
            self.fail(f"{name}: {failure}")
        seconds = round(time.monotonic() - begin, 1)
        if failure is None:
            say(f"passed  {name} ({seconds} s)")
        return {"name": name, "passed": failure is None, "seconds": seconds, "failure": failure}

    def tests(self):
        self.report["tests"] = [self.run_test(name, [self.program(name)]) for name in TESTS]

    def sanitizer(self):
        tool = shutil.which("compute-sanitizer") or shutil.which(
            "compute-sanitizer", path=os.path.join(os.environ.get("CUDA_HOME", "/usr/local/cuda"), "bin"))
        if tool is None:
            why = "compute-sanitizer was not found on the PATH nor below CUDA_HOME"
            self.report["sanitizer"] = {"missing": why}
            self.leave_out("sanitizer", why)
            return
        self.report["sanitizer"] = [
            self.run_test(f"{name} under {which}",
                          [tool, "--tool", which, "--error-exitcode", "9", self.program(name)])
            for name in SANITIZED for which in TOOLS]

    def operators(self):
        """Every operator against the reference at usual sizes, with its time."""
        command = [self.program("inferlab-cli"), "ops", "--backend", "cuda", "--json"]
        try:
            self.report["operators"] = run_json(command)
            say("passed  operators against the reference")
        except Failed as error:
            self.fail(f"operators: {error}")

    def model(self, kind, dtype):
        """The file of a seeded random model, written where it is not there yet."""
        os.makedirs(self.models, exist_ok=True)
        path = os.path.join(self.models, f"{kind}-{dtype}.gguf")
        if not os.path.exists(path):
            spec = MODELS[kind]
            say(f"        writing {path}")
            command = [self.program("make_random_gguf"), "--out", path + ".part", "--type", dtype]
            for option, value in spec.options().items():
                command += [option] if value is True else [option, value]
            run(command)
            os.replace(path + ".part", path)
        return path

    def logits(self, path, device, tokens=None):
        command = [self.program("inferlab-cli"), "logits", "--model", path, "--device", device, "--tokens",
                   ",".join(map(str, tokens or PROMPT))]
        return run_json(command)["logits"]

    def answer(self, path, device, prompt):
        command = [self.program("inferlab-cli"), "generate", "--model", path, "--device", device, "--tokens",
                   ",".join(map(str, prompt)), "--max-new-tokens", GREEDY_TOKENS, "--ignore-eos", "--json"]
        return run_json(command)["sequences"][0]["tokens"]

    def greedy(self, name, path):
        """The same tokens as the CPU's, up to where the CPU itself is as good as undecided."""
        rows = []
        for length in GREEDY_PROMPTS:
            prompt = [PROMPT[i % len(PROMPT)] + i // len(PROMPT) for i in range(length)]
            expected = self.answer(path, "cpu", prompt)
            place = bench_figures.first_difference(self.answer(path, "cuda", prompt), expected)
            gap = None
            if place is not None:
                gap = bench_figures.gap_of_best(self.logits(path, "cpu", prompt + expected[:place]))
            passed = gap is None or gap < LEAST_GAP
            rows.append({"prompt_tokens": length, "tokens": len(expected), "first_difference": place, "gap": gap,
                         "passed": passed})
            line = f"greedy answer of {name} to {length} tokens: " + (
                "the CPU's" if place is None else f"another token at {place}, where the CPU's best lead by {gap:.2g}")
            if passed:
                say(f"passed  {line}")
            else:
                self.fail(line)
        return rows

    def agreement(self):
        rows = self.report["agreement"] = []
        for dtype, tolerance in TOLERANCE.items():
            name = f"{'small' if self.quick else '1b'} {dtype}"
            try:
                path = self.model(*name.split())
                found = bench_figures.agreement(self.logits(path, "cuda"), self.logits(path, "cpu"), tolerance)
                greedy = self.greedy(name, path)
            except Failed as error:
                self.fail(f"logits of {name}: {error}")
                continue
            rows.append({"model": name, **found, "greedy": greedy})
            line = f"logits of {name}: {found['relative_difference']:.2g} of the CPU's largest, {tolerance:g} allowed"
            if found["passed"]:
                say(f"passed  {line}")
            else:
                self.fail(line)

    def crossover(self):
        """From how many tokens on cuBLAS is faster than the own tiles; each run has to be one in which the module would choose what is timed."""
        times = {}
        try:
            for which, tokens in (("tiles", "1000000000,1000000000"), ("library", "1,1")):
                env = dict(os.environ, INFERLAB_CUDA_LIBRARY_TOKENS=tokens)
                found = run_json([self.program("product_times")], env=env)
                if found["note"]:
                    self.report["crossover"] = {"missing": found["note"]}
                    self.leave_out("crossover", found["note"])
                    return
                times[which] = found["times"]
                chosen = {entry["kernel"] for entry in found["times"]}
                if chosen != {which}:
                    raise Failed(f"crossover: {which} were to be timed, and {', '.join(sorted(chosen))} would be chosen")
        except Failed as error:
            self.fail(str(error))
            return
        found = self.report["crossover"] = {**times, **bench_figures.crossover(times["tiles"], times["library"])}
        for dtype, tokens in found["from_tokens"].items():
            say(f"        cuBLAS is faster for {dtype} " + (f"from {tokens} tokens" if tokens else "nowhere"))
        say(f"        best here: INFERLAB_CUDA_LIBRARY_TOKENS={found['setting']}")

    def bench_run(self, path, *options, **variables):
        return run_json([self.program("inferlab-cli"), "bench", "--model", path, "--device", "cuda", "--json",
                         *options], env=dict(os.environ, **variables))["results"]

    def bench_model(self, kind, dtype):
        path = self.model(kind, dtype)
        repeat = ("--repeat", "3" if self.quick else "5")
        alone = self.bench_run(path, "--batch", "1", "--prompt-tokens", "2048", "--chunk-tokens", "2048",
                               "--new-tokens", "128", *repeat)[0]
        batches = self.bench_run(path, "--batch", "1,64", "--depth", "512", "--prompt-tokens", "64", "--chunk-tokens",
                                 "2048", "--new-tokens", "64", *repeat)
        short = ("--batch", "1", "--prompt-tokens", "64", "--new-tokens", "128", *repeat)
        found = {"model": f"{kind} {dtype}", "alone": alone, "batch_1": batches[0], "batch_64": batches[1],
                 "short": self.bench_run(path, *short)[0],
                 "graphs_off": self.bench_run(path, "--step-graphs", "off", *short)[0],
                 "overlap_off": self.bench_run(path, *short, INFERLAB_CUDA_OVERLAP="off")[0],
                 "batch_invariant": self.bench_run(path, "--batch-invariant", "on", *short)[0]}
        expected = found["short"]["checksum"]
        for run, what in (("graphs_off", "graphs on and off"), ("overlap_off", "kernels overlapping or not")):
            if found[run]["checksum"] != expected:
                self.fail(f"{kind} {dtype}: {what} give other tokens (checksums {expected} and "
                          f"{found[run]['checksum']})")
        return found

    def bench(self):
        kinds = ("small",) if self.quick else ("small", "1b", "7b")
        shapes = [shape for kind in kinds for shape in MODELS[kind].products(2048)]
        try:
            card = run_json([self.program("card_limits"), "--gemm", *sorted(set(shapes))])
        except Failed as error:
            self.fail(str(error))
            return
        self.report["card"] = card
        runs = self.report["bench"] = []
        for kind in kinds:
            for dtype in ("Q4_0", "Q8_0", "F16"):
                try:
                    runs.append(self.bench_model(kind, dtype))
                except Failed as error:
                    self.fail(f"bench of {kind} {dtype}: {error}")
        self.report["figures"] = bench_figures.figures(card, runs)
        for line in bench_figures.lines(self.report["figures"]):
            say(line)


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="folder of the built programs")
    parser.add_argument("--out", default="gpu-check.json", help="file for the figures (default: %(default)s)")
    parser.add_argument("--models", help="folder for the random models, kept; default: one that is removed")
    parser.add_argument("--parts", default=",".join(PARTS), help="which of %(default)s")
    parser.add_argument("--quick", action="store_true", help="small models only")
    found = parser.parse_args(arguments)
    unknown = sorted(set(found.parts.split(",")) - set(PARTS))
    if unknown:
        parser.error(f"--parts: {', '.join(PARTS)} were expected, found {', '.join(unknown)}")
    return found


def main(arguments):
    arguments = parse(arguments)
    scratch = None
    if arguments.models is None:
        scratch = tempfile.TemporaryDirectory(prefix="inferlab-models-")
        arguments.models = scratch.name
    try:
        check = Check(arguments)
        reason = check.find_card()
        if reason is not None:
            print(f"gpu_check: no card to check on: {reason}", file=sys.stderr)
            return NO_CARD
        for part in PARTS:
            if part in arguments.parts.split(","):
                getattr(check, part)()
        check.report["failures"] = check.failures
        check.report["left_out"] = check.left_out
        with open(arguments.out, "w", encoding="utf-8") as file:
            json.dump(check.report, file, indent=1)
            file.write("\n")
        verdict = f"{len(check.failures)} failed" if check.failures else "All passed"
        if check.left_out:
            verdict = verdict.replace("All passed", "What ran passed") + "; NOT RUN: " + "; ".join(check.left_out)
        say(f"{verdict}; figures: {arguments.out}")
        return 1 if check.failures else 0
    except (Failed, OSError) as error:
        print(f"gpu_check: {error}", file=sys.stderr)
        return 1
    finally:
        if scratch is not None:
            scratch.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
