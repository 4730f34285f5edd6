#!/usr/bin/env python3
"""Runs InferLab's benchmarks and prints each number with its goal and the command behind it.

Called by packaging/bench.sh, which builds the programs. Needs Python 3.9 and nothing else. Nothing is
asserted: on a busy machine, or a slow one, a number may miss its goal, and the table says so.
"""

import argparse
import json
import os
import platform
import select
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time


class Table:
    """Lines of: what, value, goal, met or not, command."""

    def __init__(self, as_json):
        self.as_json = as_json
        self.rows = []

    def add(self, what, value, unit, goal=None, at_most=True, command="", detail=""):
        """goal: a number that value should not exceed (at_most) or fall below."""
        met = None
        if goal is not None and value is not None:
            met = value <= goal if at_most else value >= goal
        self.rows.append(
            {"what": what, "value": value, "unit": unit, "goal": goal, "at_most": at_most, "met": met,
             "command": command, "detail": detail})
        if self.as_json:
            return
        shown = "-" if value is None else f"{value:,.{3 if abs(value) < 10 else 1}f} {unit}"
        wanted = "" if goal is None else f"{'<=' if at_most else '>='} {goal:g} {unit}"
        verdict = {None: "", True: "met", False: "MISSED"}[met]
        print(f"{what:<58} {shown:>20}  {wanted:<16} {verdict}")
        if detail:
            print(f"    {detail}")
        if command:
            print(f"    $ {command}")
        sys.stdout.flush()

    def note(self, text):
        self.rows.append({"note": text})
        if not self.as_json:
            print(text)
            sys.stdout.flush()


def text_of(command):
    return " ".join(shlex.quote(str(part)) for part in command)


def failure_of(what, done):
    """One line, without the command, whose arguments may be a prompt of pages."""
    lines = [line for line in done.stderr.strip().splitlines() if line]
    return RuntimeError(f"{what} ended with {done.returncode}: {lines[-1] if lines else ''}")


def run_json(command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        raise failure_of(command[0], done)
    return json.loads(done.stdout)


def machine_lines():
    """What the numbers were measured on; the load tells whether they can be trusted."""
    model = platform.processor()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    model = line.split(":", 1)[1].strip()
                    break
    except OSError:
        pass  # not Linux: the name above
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    yield f"{model}, {cores} cores, load {load:.1f}"
    if load > 0.5:
        yield "The machine is busy with other work: the timings below are slower than they would be."


def display_environment(scratch):
    """An environment for window programs, with settings and caches of their own."""
    env = dict(os.environ)
    env["XDG_CONFIG_HOME"] = scratch
    env["INFERLAB_TRACE_STARTUP"] = "1"
    if not env.get("DISPLAY") and not env.get("WAYLAND_DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    return env


class Display:
    """An X server of our own where there is none and Xvfb is installed."""

    def __enter__(self):
        self.server = None
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or not shutil.which("Xvfb"):
            return self
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
            pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            number = numbers.readline().strip()
        if number:
            os.environ["DISPLAY"] = f":{number}"
        return self

    def __exit__(self, *unused):
        if self.server:
            os.environ.pop("DISPLAY", None)
            self.server.terminate()
            self.server.wait()


def traced_value(command, name, env, timeout_s=60):
    """The number behind `name` on the program's stderr; the program is ended then."""
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, text=True)
    try:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            ready, _, _ = select.select([program.stderr], [], [], 0.1)
            if not ready:
                continue
            line = program.stderr.readline()
            if not line:
                raise RuntimeError(f"{command[0]} ended without {name}")
            words = line.split()
            if len(words) == 2 and words[0] == name:
                return float(words[1])
        raise RuntimeError(f"{command[0]}: no {name} within {timeout_s} s")
    finally:
        program.send_signal(signal.SIGTERM)
        try:
            program.wait(timeout=10)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
        program.stderr.close()


def measure_window_visible(table, bin_folder, env, rounds):
    command = [os.path.join(bin_folder, "inferlab")]
    # The first start reads the program from disk; people see it once after an update.
    values = [traced_value(command, "window-visible-ms", env) for _ in range(rounds + 1)]
    table.add("Window visible after the start (warm)", statistics.median(values[1:]) / 1e3, "s", goal=0.5,
              command="INFERLAB_TRACE_STARTUP=1 " + text_of(command),
              detail=f"first start {values[0] / 1e3:.2f} s; median of {rounds} after it")


def measure_window(table, bin_folder, env, model, rounds):
    command = [os.path.join(bin_folder, "bench_window"), "model", "--model", model, "--rounds", str(rounds)]
    result = run_json(command, env)
    first = result["first_token_ms"]
    table.add(f"First token of a {result['prompt_tokens']}-token prompt from Run pressed", first["p50"] / 1e3, "s",
              goal=0.3, command=text_of(command), detail=f"worst of {first['n']}: {first['max'] / 1e3:.3f} s")
    for entry in result["throughput"]:
        table.add(f"Throughput lost to an open window, batch {entry['batch']}", entry["lost_percent"], "%", goal=2,
                  command=text_of(command),
                  detail=f"{entry['window_tok_s']:.1f} tok/s beside the window, {entry['headless_tok_s']:.1f} without; "
                         f"medians of {entry['rounds']}, taking turns; the window's thread took "
                         f"{entry['window_cpu_percent']:.1f}% of a core")


def measure_frames(table, bin_folder, env, seconds):
    for batch in (32, 1):
        command = [os.path.join(bin_folder, "bench_window"), "frames", "--rate", "5000", "--batch", str(batch),
                   "--seconds", str(seconds)]
        result = run_json(command, env)
        frame, cpu = result["frame_ms"], result["frame_cpu_ms"]
        if frame["n"] == 0:
            raise RuntimeError("no frame was measured")
        table.add(f"Frame time P99 at {result['rate']:,.0f} tok/s, batch {batch}", frame["p99"], "ms", goal=16.7,
                  command=text_of(command),
                  detail=f"n {frame['n']}, P50 {frame['p50']:.2f} ms, worst {frame['max']:.1f} ms; in processor time "
                         f"P99 {cpu['p99']:.1f} ms; {result['tokens']:,} tokens on the screen at the end")


def measure_engine(table, bin_folder, model, threads, repeat):
    command = [os.path.join(bin_folder, "inferlab-cli"), "bench", "--model", model, "--prompt-tokens", "512",
               "--new-tokens", "128", "--batch", "1,8,32", "--repeat", str(repeat), "--json"]
    if threads:
        command += ["--threads", str(threads)]
    result = run_json(command)
    for entry in result["results"]:
        single = entry["batch"] == 1
        for phase, goal in (("prefill", 300), ("decode", 100)):
            spread = entry[f"{phase}_tok_s"]
            table.add(f"{phase.capitalize()}, batch {entry['batch']}", spread["median"], "tok/s",
                      goal=goal if single else None, at_most=False, command=text_of(command) if single else "",
                      detail=f"{spread['min']:.1f} to {spread['max']:.1f} in {repeat} runs")


def stop_seconds(command, ready):
    """From Ctrl+C to the end of the process: more than the engine alone takes to stop."""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        ready(program)
        if program.poll() is not None:
            raise RuntimeError(f"{text_of(command[:2])} ended before it could be stopped")
        begin = time.perf_counter()
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=60)
        taken = time.perf_counter() - begin
    finally:
        program.kill()
        program.wait()
    if program.returncode != 130:
        raise RuntimeError(f"{text_of(command[:2])}: exit code 130 expected, {program.returncode} found")
    return taken


def measure_stop(table, bin_folder, model, rounds):
    def generate(words):
        return [os.path.join(bin_folder, "inferlab-cli"), "generate", "--model", model, "--prompt",
                " ".join(["memory"] * words), "--max-new-tokens", "4000", "--ignore-eos"]

    def until_mapped(program):
        while program.poll() is None:
            with open(f"/proc/{program.pid}/maps", encoding="utf-8", errors="replace") as maps:
                if os.path.realpath(model) in maps.read():
                    return
            time.sleep(0.001)

    cases = (("loading", generate(1), until_mapped),
             ("the prompt", generate(7500), lambda program: time.sleep(0.8)),
             ("the answer", generate(1), lambda program: program.stdout.read(20)))
    for phase, command, ready in cases:
        taken = [stop_seconds(command, ready) for _ in range(rounds)]
        shown = [part if len(part) < 100 else "<7,500 words>" for part in command]
        table.add(f"Stop (Ctrl+C to the end of the process) in {phase}", max(taken) * 1e3, "ms", goal=100,
                  command=text_of(shown), detail=f"worst of {rounds}; median {statistics.median(taken) * 1e3:.0f} ms")


def cache_bytes(bin_folder, model, tokens):
    inspected = run_json([os.path.join(bin_folder, "inferlab-cli"), "inspect", model, "--json"])
    return inspected["file_bytes"], inspected["memory"]["kv_bytes_per_token"] * tokens


def measure_memory(table, bin_folder, model):
    batch, new_tokens = 8, 128
    prompt = " ".join(["memory"] * 500)
    command = [os.path.join(bin_folder, "inferlab-cli"), "generate", "--model", model, "--prompt", prompt, "--batch",
               str(batch), "--max-new-tokens", str(new_tokens), "--ignore-eos", "--json"]
    # A process of its own, so that the largest child of this one is the program and nothing else.
    child = subprocess.run(
        [sys.executable, "-c",
         "import json, resource, subprocess, sys\n"
         "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
         "sys.stderr.write(done.stderr)\n"
         "out = json.loads(done.stdout) if done.returncode == 0 else {}\n"
         "tokens = sum(len(s['prompt_tokens']) + len(s['tokens']) for s in out.get('sequences', []))\n"
         "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
         "print(json.dumps({'code': done.returncode, 'tokens': tokens, 'peak_kib': peak}))\n"] + command,
        capture_output=True, text=True, check=False)
    if child.returncode != 0:
        raise failure_of("the measurement of peak memory", child)
    result = json.loads(child.stdout)
    if result["code"] != 0:
        raise RuntimeError(child.stderr.strip())
    file_bytes, kv_bytes = cache_bytes(bin_folder, model, result["tokens"])
    peak = result["peak_kib"] * 1024
    shown = [part if part != prompt else "<500 words>" for part in command]
    table.add("Peak memory / (file + cache)", peak / (file_bytes + kv_bytes), "x", goal=1.3, command=text_of(shown),
              detail=f"peak {peak / 2**20:.0f} MiB; file {file_bytes / 2**20:.0f} MiB, cache of {result['tokens']:,} "
                     f"tokens {kv_bytes / 2**20:.0f} MiB")


def seconds_of(command, env, rounds):
    """The median; the first run is not counted."""
    times = []
    for _ in range(rounds + 1):
        start = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        times.append(time.monotonic() - start)
        if done.returncode != 0:
            raise failure_of(command[0], done)
    return statistics.median(times[1:])


def measure_calibration(table, bin_folder, scratch, rounds):
    env = dict(os.environ, XDG_DATA_HOME=scratch)
    devices = [os.path.join(bin_folder, "inferlab-cli"), "devices", "--json"]
    command = devices + ["--calibrate"]
    table.add("Calibrating the CPU", seconds_of(command, env, rounds) - seconds_of(devices, env, rounds), "s", goal=2,
              command=text_of(command), detail=f"median of {rounds}, less the command without it")


def measure_figures(table, bin_folder):
    command = [os.path.join(bin_folder, "bench_live_figures"), "256", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise failure_of(command[0], done)
    output = done.stdout
    table.note("$ " + text_of(command))
    for line in output.rstrip().splitlines():
        table.note("    " + line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="folder with the built programs")
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, help="of inferlab-cli bench; default: its own")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: for trying this out")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arguments = parser.parse_args()

    table = Table(arguments.json)
    for line in machine_lines():
        table.note(line)
    rounds = 2 if arguments.quick else 7
    has_window = all(os.access(os.path.join(arguments.bin, name), os.X_OK) for name in ("inferlab", "bench_window"))
    with tempfile.TemporaryDirectory() as scratch, Display():
        env = display_environment(scratch)
        steps = [
            lambda: measure_engine(table, arguments.bin, arguments.model, arguments.threads,
                                   2 if arguments.quick else 5),
            lambda: measure_memory(table, arguments.bin, arguments.model),
            lambda: measure_stop(table, arguments.bin, arguments.model, rounds),
            lambda: measure_figures(table, arguments.bin)]
        if has_window:
            table.note("Window under " + ("the offscreen platform" if "QT_QPA_PLATFORM" in env else "an X server"))
            steps[:0] = [
                lambda: measure_window_visible(table, arguments.bin, env, rounds),
                lambda: measure_window(table, arguments.bin, env, arguments.model, rounds),
                lambda: measure_frames(table, arguments.bin, env, 3 if arguments.quick else 10)]
        else:
            table.note("The window was not built: its benchmarks are left out")
        steps.append(lambda: measure_calibration(table, arguments.bin, scratch, 1 if arguments.quick else 3))
        failed = 0
        for step in steps:
            try:
                step()
            except (RuntimeError, OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
                failed += 1
                table.note(f"Left out: {error}")
    if arguments.json:
        print(json.dumps(table.rows, indent=2))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
