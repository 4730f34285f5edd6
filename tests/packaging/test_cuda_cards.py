#!/usr/bin/env python3
"""packaging/cuda_cards.sh with an nvidia-smi and an nvcc of our own: which options the build gets, and what is said.

Usage: test_cuda_cards.py PACKAGING-FOLDER
"""
import os
import subprocess
import sys
import tempfile
import unittest

PACKAGING = sys.argv.pop(1)
SMI = """#!/bin/sh
case "$*" in
  *compute_cap*) printf '%s' "$FAKE_CARDS" ;;
  *name*) echo "NVIDIA L4" ;;
  *) echo "| NVIDIA-SMI 550.1   Driver Version: 550.1   CUDA Version: 12.4 |" ;;
esac
"""


class CudaOptions(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.folder.cleanup()

    def program(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def compiler(self, release):
        self.program("toolkit/bin/nvcc", f"#!/bin/sh\necho 'Cuda compilation tools, release {release}, V{release}.88'\n")

    # Lines of options, and stderr. Where the machine has a toolkit of its own in a place that is looked at after
    # CUDA_HOME, a test without one cannot be.
    def options(self, cards=None):
        env = {"PATH": f"{self.folder.name}:/usr/bin:/bin", "CUDA_HOME": os.path.join(self.folder.name, "toolkit")}
        if cards is not None:
            self.program("nvidia-smi", SMI)
            env["FAKE_CARDS"] = cards
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", f". '{PACKAGING}/cuda_cards.sh'; cuda_options"],
                              capture_output=True, text=True, env=env, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines(), done.stderr

    def test_no_driver(self):
        self.compiler("13.0")
        self.assertEqual(self.options(), (["-DINFERLAB_CUDA=OFF"], ""))

    def test_a_driver_without_a_card(self):
        self.compiler("13.0")
        self.assertEqual(self.options("No devices were found\n"), (["-DINFERLAB_CUDA=OFF"], ""))

    def test_two_kinds_of_card(self):
        self.compiler("12.4")
        options, said = self.options("9.0\n8.0\n9.0\n")
        self.assertEqual(options, ["-DINFERLAB_CUDA=ON", f"-DINFERLAB_NVCC={self.folder.name}/toolkit/bin/nvcc",
                                   "-DINFERLAB_CUDA_ARCHITECTURES=80;90"])
        self.assertEqual(said, "")

    def test_a_card_that_is_too_old(self):
        self.compiler("12.4")
        options, said = self.options("6.1\n")
        self.assertEqual(options, ["-DINFERLAB_CUDA=OFF"])
        self.assertIn("below 7.5", said)
        self.assertEqual(self.options("6.1\n8.6\n")[0][-1], "-DINFERLAB_CUDA_ARCHITECTURES=86")

    def test_an_old_toolkit(self):
        self.compiler("11.8")
        options, said = self.options("8.9\n")
        self.assertEqual(options, ["-DINFERLAB_CUDA=OFF"])
        self.assertIn("too old", said)
        self.assertIn("not newer than 12.4", said)
        self.assertIn("cuda-toolkit-12-4", said)

    def test_no_toolkit(self):
        if any(os.path.exists(f"{folder}/nvcc") for folder in ("/usr/local/cuda/bin", "/opt/cuda/bin", "/usr/bin")):
            # Where it is looked for cannot be hidden: what is said then is tested alone.
            done = subprocess.run(["bash", "-c", f". '{PACKAGING}/cuda_cards.sh'; explain_toolkit 'no toolkit'"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0)
            said = done.stderr
        else:
            options, said = self.options("8.9\n")
            self.assertEqual(options, ["-DINFERLAB_CUDA=OFF"])
        self.assertIn("developer.nvidia.com/cuda-downloads", said)
        self.assertIn("CUDA_HOME", said)


if __name__ == "__main__":
    unittest.main()
