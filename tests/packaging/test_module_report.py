#!/usr/bin/env python3
"""packaging/module_report.sh, the end of test.sh: what was left out is said, and a module is looked into or it fails.

Usage: test_module_report.py PACKAGING-FOLDER
"""
import os
import subprocess
import sys
import tempfile
import unittest

PACKAGING = sys.argv.pop(1)


def report(module, **env):
    return subprocess.run([os.path.join(PACKAGING, "module_report.sh"), module], capture_output=True, text=True,
                          env={"PATH": "/usr/bin:/bin", **env}, check=False)


class ModuleReport(unittest.TestCase):
    def test_a_module_that_is_not_there_is_said(self):
        done = report("/nowhere/inferlab-cuda.so")
        self.assertEqual(done.returncode, 0)
        self.assertIn("LEFT OUT: the CUDA module was not built", done.stderr)

    def test_and_is_an_error_where_it_was_asked_for(self):
        self.assertEqual(report("/nowhere/inferlab-cuda.so", INFERLAB_NEEDS_CUDA="1").returncode, 1)

    def test_a_module_without_cuobjdump_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            module = os.path.join(folder, "inferlab-cuda.so")
            with open(module, "wb"):
                pass
            # No toolkit, no cuobjdump, no cache and no PyPI: pip that is asked for it fails.
            tools = os.path.join(folder, "tools")
            os.makedirs(tools)
            with open(os.path.join(tools, "python3"), "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\nexit 1\n")
            os.chmod(os.path.join(tools, "python3"), 0o755)
            done = report(module, PATH=tools + ":/usr/bin:/bin", XDG_CACHE_HOME=folder)
            self.assertNotEqual(done.returncode, 0, done.stdout)
            if not any(os.path.exists(f"{folder}/bin/cuobjdump") for folder in ("/usr/local/cuda", "/opt/cuda")):
                self.assertIn("was not looked into", done.stderr)


if __name__ == "__main__":
    unittest.main()
