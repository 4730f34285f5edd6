#!/usr/bin/env python3
"""packaging/kernel_report.py on what cuobjdump prints.

Usage: test_kernel_report.py PACKAGING-FOLDER
"""
import os
import subprocess
import sys
import unittest

PACKAGING = sys.argv.pop(1)
sys.path.insert(0, PACKAGING)
import kernel_report  # noqa: E402

DUMP = """
Fatbin elf code:
================
arch = sm_80
code version = [1,8]

Resource usage:
 Common:
  GLOBAL:0
 Function _ZN8inferlab4cuda9addKernelENS_10MatrixViewENS_15ConstMatrixViewE:
  REG:40 STACK:0 SHARED:0 LOCAL:0 CONSTANT[0]:400 TEXTURE:0 SURFACE:0 SAMPLER:0
 Function _ZN8inferlab4cuda6kernelIfLi2EEEvPT_:
  REG:168 STACK:%d SHARED:1024 LOCAL:%d CONSTANT[0]:400 TEXTURE:0 SURFACE:0 SAMPLER:0

Fatbin elf code:
================
arch = sm_86

Resource usage:
 Function plain:
  REG:24 STACK:0 SHARED:0 LOCAL:0 CONSTANT[0]:400
"""


def report(text):
    return subprocess.run([sys.executable, os.path.join(PACKAGING, "kernel_report.py")], input=text,
                          capture_output=True, text=True, check=False)


class KernelReport(unittest.TestCase):
    def test_every_kernel_with_its_numbers(self):
        done = report(DUMP % (0, 0))
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [line.split() for line in done.stdout.splitlines()]
        self.assertIn(["sm_80", "addKernel", "40", "48", "0", "0", "0"], lines)
        self.assertIn(["sm_80", "kernel<float,", "2>", "168", "12", "1024", "0", "0"], lines)
        self.assertIn(["sm_86", "plain", "24", "48", "0", "0", "0"], lines)
        self.assertIn("3 kernels; none spills", done.stdout)

    def test_a_spill_is_an_error(self):
        for stack, local in ((0, 16), (8, 0)):
            done = report(DUMP % (stack, local))
            self.assertEqual(done.returncode, 1)
            self.assertIn("these spill: kernel<float, 2> (sm_80)", done.stdout)

    def test_nothing_to_read(self):
        done = report("cuobjdump fatal: no device code\n")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))

    def test_registers_are_handed_out_in_portions(self):
        self.assertEqual(kernel_report.warps_by_registers(32, "sm_90"), 64)
        self.assertEqual(kernel_report.warps_by_registers(33, "sm_90"), 48)  # as 40
        self.assertEqual(kernel_report.warps_by_registers(255, "sm_90"), 8)

    def test_no_module_is_one_line(self):
        done = subprocess.run([os.path.join(PACKAGING, "kernel_report.sh"), "/nowhere.so"], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))


if __name__ == "__main__":
    unittest.main()
