#!/usr/bin/env python3
"""gpu_check.py and packaging/gpu_check.sh with programs that only print, in the place of a card's.

Usage: test_gpu_check.py TESTS-GPU-FOLDER PACKAGING-FOLDER
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PACKAGING = sys.argv.pop(2)
FOLDER = sys.argv.pop(1)
sys.path.insert(0, FOLDER)
import bench_figures  # noqa: E402

CARD = {"kind": "cuda", "name": "Card", "available": True, "reason": "", "memory_bytes": 80 << 30, "free_bytes": 1,
        "hardware_threads": 0}
# Writes of each program what it should print or do.
CLI = """#!/usr/bin/env python3
import json, os, sys
command, rest = sys.argv[1], sys.argv[2:]
device = rest[rest.index("--device") + 1] if "--device" in rest else ""
if command == "devices":
    print(json.dumps({"devices": [{"kind": "cpu"}, json.loads(os.environ["FAKE_CARD"])]}))
elif command == "logits":
    print(json.dumps({"logits": [1.0, 9.0, float(os.environ["FAKE_LOGIT"]) if device == "cuda"
                                  else float(os.environ.get("FAKE_LOGIT_CPU", "4.0"))]}))
elif command == "generate":
    prompt = rest[rest.index("--tokens") + 1].split(",")
    tokens = [len(prompt) + i for i in range(32)]
    if device == "cuda" and len(prompt) >= int(os.environ.get("FAKE_DIFFERS_FROM", "1000")):
        tokens[5] += 1
    print(json.dumps({"sequences": [{"tokens": tokens}]}))
elif command == "ops":
    assert rest == ["--backend", "cuda", "--json"], rest
    print(json.dumps({"cases": [{"op": "add", "verdict": "ok"}]}))
    sys.exit(int(os.environ.get("FAKE_OPS", "0")))
elif command == "bench":
    apart = os.environ.get("INFERLAB_CUDA_OVERLAP") == "off"
    many = lambda option: rest[rest.index(option) + 1].split(",")
    spread = lambda value: {"median": value, "min": value, "max": value}
    print(json.dumps({"results": [
        {"batch": int(batch), "prompt_tokens": int(many("--prompt-tokens")[0]), "achieved_gb_s": 150.0,
         "checksum": os.environ.get("FAKE_SUM_OFF" if "off" in rest else "FAKE_SUM_APART" if apart else "", "a"),
         "decode_step_ms": 0.5 if "off" in rest else 0.6 if apart else 0.4, "decode_device_ms": spread(0.3), "decode_launches": 50,
         "prefill_tok_s": spread(1000.0), "decode_tok_s": spread(50.0 * int(batch) / (1 + int(batch) / 64))}
        for batch in many("--batch")]}))
"""
LIMITS = """#!/usr/bin/env python3
import json, sys
shapes = [dict(zip(("rows", "cols", "tokens", "times"), map(int, s.split(","))), seconds=0.001, tflop_s=1.0)
          for s in sys.argv[2:]]
print(json.dumps({"device": {}, "copy_gb_s": 200.0, "launches": {"count": 100, "launched_ms": 0.4, "graph_ms": 0.1,
                  "overlapping_ms": 0.05}, "gemm": {"shapes": shapes, "seconds": 1.0}}))
"""


class Fakes(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = self.scratch.name
        self.env = dict(os.environ, FAKE_CARD=json.dumps(CARD), FAKE_LOGIT="4.0", PATH="/usr/bin:/bin",
                        CUDA_HOME="/nowhere")
        for name in ("gpu_operators", "gpu_same_bits", "gpu_not_numbers", "gpu_logit_summary", "gpu_models", "gpu_random_models",
                     "gpu_steps"):
            self.program(name, "#!/bin/sh\nexit 0\n")
        self.program("inferlab-cli", CLI)
        self.program("card_limits", LIMITS)
        self.program("product_times", TIMES)
        self.program("make_random_gguf", "#!/bin/sh\n: > \"$2\"\n")
        self.out = os.path.join(self.folder, "figures.json")

    def tearDown(self):
        self.scratch.cleanup()

    def program(self, name, text):
        path = os.path.join(self.folder, "bin", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def check(self, *options):
        done = subprocess.run([sys.executable, os.path.join(FOLDER, "gpu_check.py"), "--bin",
                               os.path.join(self.folder, "bin"), "--out", self.out, "--quick", *options],
                              capture_output=True, text=True, env=self.env, check=False)
        report = None
        if os.path.exists(self.out):
            with open(self.out, encoding="utf-8") as file:
                report = json.load(file)
        return done, report

    def test_everything_passes(self):
        done, report = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(report["device"]["name"], "Card")
        self.assertEqual([t["passed"] for t in report["tests"]], [True] * 7)
        self.assertEqual([a["passed"] for a in report["agreement"]], [True] * 3)
        self.assertEqual([(g["prompt_tokens"], g["first_difference"]) for g in report["agreement"][0]["greedy"]],
                         [(64, None), (300, None)])
        self.assertEqual(len(report["bench"]), 3)
        self.assertEqual(report["operators"]["cases"][0]["op"], "add")
        self.assertIn("missing", report["sanitizer"])
        # What did not run has not passed.
        self.assertNotIn("All passed", done.stdout)
        self.assertIn("What ran passed; NOT RUN: sanitizer (compute-sanitizer was not found", done.stdout)
        self.assertEqual(len(report["left_out"]), 1)
        self.assertEqual(report["crossover"]["setting"], "32,64")
        values = {row["what"]: row["value"] for row in report["figures"]}
        self.assertAlmostEqual(values["small Q8_0: decode, share of the copies"], 0.75)
        self.assertAlmostEqual(values["small Q8_0: as many empty kernels that overlap, share of a step"], 50 * 0.0005 / 0.4)
        self.assertAlmostEqual(values["small Q8_0: step without the device at work, share"], 0.25)
        self.assertAlmostEqual(values["small Q8_0: step with graphs off over on"], 1.25)
        self.assertAlmostEqual(values["launch of an empty kernel"], 4.0)
        self.assertAlmostEqual(values["the same in a graph"], 1.0)
        self.assertAlmostEqual(values["the same, begun while the one before ends"], 0.5)
        self.assertAlmostEqual(values["small Q8_0: step without overlapping kernels over with"], 1.5)
        # Four shapes of 1 ms each, 7 times in each of 30 layers, against 2,048 tokens at 1,000 tok/s.
        self.assertAlmostEqual(values["small F16: prefill, share of cuBLAS in F16"], 0.210 / 2.048)
        self.assertAlmostEqual(values["small F16: batch 64 over batch 1, at 512"], 32 / (1 / (1 + 1 / 64)))

    def test_a_failing_test_is_named_and_the_rest_goes_on(self):
        self.program("gpu_same_bits", "#!/bin/sh\necho 'row 7 differs' >&2\nexit 3\n")
        done, report = self.check()
        self.assertEqual(done.returncode, 1)
        self.assertEqual([t["passed"] for t in report["tests"]], [True, False] + [True] * 5)
        self.assertIn("row 7 differs", report["failures"][0])
        self.assertEqual(len(report["bench"]), 3)

    def test_logits_that_differ_fail(self):
        self.env["FAKE_LOGIT"] = "4.5"
        done, report = self.check("--parts", "agreement")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([a["passed"] for a in report["agreement"]], [False] * 3)

    def test_an_answer_may_part_from_the_cpus_only_where_the_best_are_close(self):
        self.env["FAKE_DIFFERS_FROM"] = "256"
        done, report = self.check("--parts", "agreement")
        self.assertEqual(done.returncode, 1)
        self.assertIn("greedy answer of small F16 to 300 tokens: another token at 5, where the CPU's best lead by 5",
                      report["failures"][0])
        self.assertEqual([g["passed"] for g in report["agreement"][0]["greedy"]], [True, False])

        # As good as undecided: logits 9 and 9 - 0.05.
        self.env["FAKE_LOGIT_CPU"] = self.env["FAKE_LOGIT"] = "8.95"
        done, report = self.check("--parts", "agreement")
        self.assertEqual((done.returncode, report["failures"]), (0, []), done.stdout)

    def test_graphs_have_to_give_the_same_tokens(self):
        self.env["FAKE_SUM_OFF"] = "b"
        done, report = self.check("--parts", "bench")
        self.assertEqual(done.returncode, 1)
        self.assertIn("small Q4_0: graphs on and off give other tokens (checksums a and b)", report["failures"][0])

    def test_kernels_that_overlap_have_to_give_the_same_tokens(self):
        self.env["FAKE_SUM_APART"] = "c"
        done, report = self.check("--parts", "bench")
        self.assertEqual(done.returncode, 1)
        self.assertIn("small Q4_0: kernels overlapping or not give other tokens (checksums a and c)",
                      report["failures"][0])

    def test_a_card_whose_kernels_do_not_overlap_is_judged_by_its_graphs(self):
        self.program("card_limits", LIMITS.replace(""",
                  "overlapping_ms": 0.05""", ""))
        _, report = self.check("--parts", "bench")
        values = {row["what"]: row["value"] for row in report["figures"]}
        self.assertAlmostEqual(values["small Q8_0: as many empty kernels, share of a step"], 50 * 0.001 / 0.4)
        self.assertNotIn("the same, begun while the one before ends", values)

    def test_operators_that_differ_fail(self):
        self.env["FAKE_OPS"] = "1"
        done, report = self.check("--parts", "operators")
        self.assertEqual(done.returncode, 1)
        self.assertIn("operators: ", report["failures"][0])

    def test_without_the_library_there_is_no_crossover(self):
        self.env["FAKE_NOTE"] = "own kernels multiply alone, without cuBLAS: not found"
        done, report = self.check("--parts", "crossover")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(report["crossover"], {"missing": self.env["FAKE_NOTE"]})
        self.assertIn("NOT RUN: crossover (own kernels", done.stdout)

    def test_a_crossover_of_one_kernel_with_itself_fails(self):
        self.env["FAKE_KERNEL"] = "tiles"
        done, report = self.check("--parts", "crossover")
        self.assertEqual(done.returncode, 1)
        self.assertIn("library were to be timed, and tiles would be chosen", report["failures"][0])

    def test_the_sanitizer_runs_both_tools(self):
        self.program("compute-sanitizer", "#!/bin/sh\n[ \"$2\" = memcheck ]\n")
        self.env["PATH"] = os.path.join(self.folder, "bin") + ":" + self.env["PATH"]
        done, report = self.check("--parts", "sanitizer")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([(s["name"], s["passed"]) for s in report["sanitizer"]],
                         [("gpu_operators under memcheck", True), ("gpu_operators under racecheck", False),
                          ("gpu_not_numbers under memcheck", True), ("gpu_not_numbers under racecheck", False),
                          ("gpu_logit_summary under memcheck", True), ("gpu_logit_summary under racecheck", False),
                          ("gpu_steps under memcheck", True), ("gpu_steps under racecheck", False)])

    def test_no_card(self):
        self.env["FAKE_CARD"] = json.dumps({**CARD, "available": False, "reason": "no NVIDIA driver is installed"})
        done, report = self.check()
        self.assertEqual(done.returncode, 77)
        self.assertEqual(done.stderr, "gpu_check: no card to check on: no NVIDIA driver is installed\n")
        self.assertIsNone(report)

    def test_what_is_not_json_is_one_line(self):
        self.program("card_limits", "#!/bin/sh\necho warming up\n")
        done, report = self.check("--parts", "bench")
        self.assertEqual(done.returncode, 1)
        self.assertIn("printed no JSON", report["failures"][0])

    def test_a_missing_program_is_one_line(self):
        os.remove(os.path.join(self.folder, "bin", "inferlab-cli"))
        done, _ = self.check()
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("inferlab-cli is missing", done.stderr)

    def test_unknown_parts(self):
        done, _ = self.check("--parts", "tests,speed")
        self.assertEqual(done.returncode, 2)
        self.assertIn("found speed", done.stderr)

    def test_carried_programs_run_through_the_script(self):
        for name in ("gpu_check.py", "bench_figures.py"):
            shutil.copy(os.path.join(FOLDER, name), self.folder)
        script = shutil.copy(os.path.join(PACKAGING, "gpu_check.sh"), self.folder)
        done = subprocess.run([script, "--quick", "--out", self.out], capture_output=True, text=True, env=self.env,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)


TIMES = """#!/usr/bin/env python3
import json, os
# Tiles take 1 ms a token, the library 20 ms and a tenth of that: it is faster from 32 on.
tiles = os.environ["INFERLAB_CUDA_LIBRARY_TOKENS"] != "1,1"
print(json.dumps({"note": os.environ.get("FAKE_NOTE", ""), "times": [
    {"type": t, "tokens": n, "kernel": os.environ.get("FAKE_KERNEL", "tiles" if tiles else "library"),
     "seconds": n * 1e-3 if tiles else slow + n * 1e-4}
    for t, slow in (("F16", 0.02), ("Q8_0", 0.05)) for n in (16, 32, 64, 128)]}))
"""


class Script(unittest.TestCase):
    def test_no_card_is_said_before_anything_is_built(self):
        env = dict(os.environ, PATH="/usr/bin:/bin")
        env.pop("INFERLAB_CUDA_ARCHITECTURES", None)
        if shutil.which("nvidia-smi", path=env["PATH"]):
            self.skipTest("nvidia-smi is installed")
        done = subprocess.run([os.path.join(PACKAGING, "gpu_check.sh")], capture_output=True, text=True, env=env,
                              check=False)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (77, 1), done.stderr)
        self.assertIn("no card to check on", done.stderr)


class Figures(unittest.TestCase):
    def test_agreement(self):
        self.assertTrue(bench_figures.agreement([1.0, 5.01], [1.0, 5.0], 1e-2)["passed"])
        self.assertFalse(bench_figures.agreement([1.0, 5.1], [1.0, 5.0], 1e-2)["passed"])
        # Another token where the two best are as good as equal.
        close = bench_figures.agreement([5.01, 5.0], [5.0, 5.01], 1e-2)
        self.assertEqual((close["same_token"], close["passed"]), (False, True))
        self.assertFalse(bench_figures.agreement([5.0, None], [5.0, 5.0], 1e-2)["passed"])

    def test_first_difference(self):
        self.assertIsNone(bench_figures.first_difference([1, 2, 3], [1, 2, 3]))
        self.assertEqual(bench_figures.first_difference([1, 2, 4], [1, 2, 3]), 2)
        self.assertEqual(bench_figures.first_difference([1, 2], [1, 2, 3]), 2)
        self.assertAlmostEqual(bench_figures.gap_of_best([1.0, 5.0, None, 4.75]), 0.25)

    def test_crossover(self):
        def times(values):
            return [{"type": "F16", "tokens": tokens, "seconds": s} for tokens, s in values.items()]
        own = times({8: 1, 16: 2, 32: 4, 64: 8})
        # Faster once by chance below does not count; slower at the end means never.
        self.assertEqual(bench_figures.crossover(own, times({8: 0.5, 16: 3, 32: 3, 64: 4}))["from_tokens"], {"F16": 32})
        self.assertEqual(bench_figures.crossover(own, times({8: 0, 16: 0, 32: 0, 64: 9}))["from_tokens"], {"F16": None})

    def test_products_have_the_weights_of_the_model(self):
        spec = bench_figures.MODELS["7b"]
        weights = sum(rows * cols * times for rows, cols, times in spec.shapes())
        self.assertEqual(weights, 32 * (4 * 4096 * 4096 + 3 * 4096 * 11008))

    def test_no_cublas(self):
        card = {"copy_gb_s": 1.0, "launches": {"count": 1, "launched_ms": 1, "graph_ms": 1}, "gemm": {"missing": "x"}}
        self.assertIsNone(bench_figures.gemm_seconds(card, bench_figures.MODELS["1b"], 2048))
        self.assertTrue(list(bench_figures.lines(bench_figures.figures(card, []))))


if __name__ == "__main__":
    unittest.main()
