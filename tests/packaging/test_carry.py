#!/usr/bin/env python3
"""packaging/gpu_check.sh --carry whole, on programs that were built before; what it carried starts elsewhere with an
empty environment, up to the point where a card is missing.

Usage: test_carry.py SOURCE-FOLDER EMULATED-FOLDER
EMULATED-FOLDER holds inferlab-cli, the module for the host and its tests.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

EMULATED = sys.argv.pop(2)
SOURCE = sys.argv.pop(1)

# Stands for CMake where a build is asked for: "builds" by copying. A test of the emulation is in the place of each
# program that needs a card, for it needs the same libraries.
CMAKE = """#!/bin/sh
[ "$1" = --build ] || exit 0
mkdir -p "$2/bin"
cp "{emulated}/inferlab-cli" "{emulated}/inferlab-cuda.so" "$2/bin/"
for name in {names}; do cp "{emulated}/test_cuda_logit_summary" "$2/bin/$name"; done
"""


class Carry(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = os.path.join(scratch.name, "inferlab")
        self.carried = os.path.join(scratch.name, "carried")
        for folder in ("packaging", "tests/gpu", "tests/fixtures/tiny"):
            shutil.copytree(os.path.join(SOURCE, folder), os.path.join(self.root, folder))
        self.script = os.path.join(self.root, "packaging", "gpu_check.sh")
        with open(self.script, encoding="utf-8") as file:
            programs = re.search(r"^for program in (.*?); do$", file.read(), re.M | re.S).group(1)
        self.programs = programs.replace("\\\n", " ").split()
        names = [name for name in self.programs if not name.startswith("inferlab-")]
        tools = os.path.join(scratch.name, "tools")
        os.makedirs(tools)
        cmake = os.path.join(tools, "cmake")
        with open(cmake, "w", encoding="utf-8") as file:
            file.write(CMAKE.format(emulated=EMULATED, names=" ".join(names)))
        os.chmod(cmake, 0o755)
        self.env = dict(os.environ, PATH=tools + ":/usr/bin:/bin")
        self.env.pop("INFERLAB_CUDA_ARCHITECTURES", None)

    def carry(self):
        return subprocess.run([self.script, "--carry", self.carried], capture_output=True, text=True, env=self.env,
                              check=False)

    def test_what_is_carried_starts_with_an_empty_environment(self):
        done = self.carry()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("on the machine with the card: " + self.carried + "/gpu_check.sh", done.stderr)
        for name in self.programs:
            self.assertTrue(os.path.exists(os.path.join(self.carried, "bin", name)), name)
        self.assertTrue(any(name.startswith("libstdc++") for name in os.listdir(os.path.join(self.carried, "lib"))))
        shutil.rmtree(self.root)  # nothing of where it was built is needed
        for state, reason in (("none", "there is a driver for CUDA 13.0, and no NVIDIA GPU"),
                              ("no-driver", "no NVIDIA driver is installed")):
            checked = subprocess.run([os.path.join(self.carried, "gpu_check.sh")], capture_output=True, text=True,
                                     env={"INFERLAB_EMULATED_DEVICE": state}, cwd="/", check=False)
            self.assertEqual((checked.returncode, checked.stderr),
                             (77, f"gpu_check: no card to check on: {reason}\n"), checked.stdout)

    def test_carried_programs_find_their_libraries_and_their_fixtures(self):
        self.assertEqual(self.carry().returncode, 0)
        shutil.rmtree(self.root)
        library = os.path.join(self.carried, "lib")
        found = subprocess.run(["ldd", os.path.join(self.carried, "bin", "inferlab-cli")], capture_output=True,
                               text=True, env={"LD_LIBRARY_PATH": library, "PATH": "/usr/bin:/bin"}, check=True)
        self.assertIn(os.path.join(library, "libstdc++"), found.stdout)
        self.assertNotIn("not found", found.stdout)
        out = os.path.join(self.carried, "figures.json")
        done = subprocess.run([os.path.join(self.carried, "gpu_check.sh"), "--quick", "--parts", "tests", "--out", out],
                              capture_output=True, text=True, env={}, cwd="/", check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("All passed", done.stdout)

    def test_a_build_that_fails_is_said_with_its_log(self):
        with open(os.path.join(self.env["PATH"].split(":")[0], "cmake"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho 'no nvcc here'\nexit 1\n")
        done = self.carry()
        self.assertEqual(done.returncode, 1)
        self.assertIn("no nvcc here", done.stderr)
        self.assertIn("the build failed; the whole log is", done.stderr)

    def test_no_folder(self):
        done = subprocess.run([self.script, "--carry"], capture_output=True, text=True, env=self.env, check=False)
        self.assertEqual((done.returncode, done.stderr), (1, "gpu_check: --carry: a folder was expected\n"))


if __name__ == "__main__":
    unittest.main()
