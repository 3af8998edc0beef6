"""scripts/nightly on images that are generated: measures, builds the site, and has nothing to do the second time."""

import shutil
import subprocess
import sys
import unittest

from command import PROGRAM, SOURCE, CommandTest


class NightlyTest(CommandTest):
    def nightly(self, program=PROGRAM):
        return subprocess.run(
            [sys.executable, str(SOURCE / "scripts/nightly"), "--smoke", "--budget", "10m", "--program", str(program),
             "--state", str(self.folder / "state"), "--site", str(self.folder / "site"), "--results",
             str(self.folder / "results"), "--runs-dir", str(self.folder / "runs")],
            capture_output=True, text=True, env=self.environment(), timeout=800)

    def site(self):
        return {path.relative_to(self.folder): path.read_bytes() for path in (self.folder / "site").rglob("*")
                if path.is_file()}

    def test_smoke_measures_and_builds_once(self):
        first = self.nightly()
        self.assertEqual(first.returncode, 0, first.stderr)
        labels = {row["label"] for row in self.rows()}
        self.assertEqual(labels, {"fp32", "ste", "dorefa", "pact", "dsq"})
        self.assertIn(f"{len(labels)} measured, 0 left", first.stderr)
        site, rows = self.site(), self.rows()
        for name in ("index.html", "github-action-benchmark.json", "bencher.json"):
            self.assertIn((self.folder / "site" / name).relative_to(self.folder), site)
        second = self.nightly()
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertIn("0 measured, 0 left", second.stderr)
        self.assertEqual(self.rows(), rows)
        self.assertEqual(self.site(), site)

    def test_a_training_that_does_not_converge_is_measured_and_any_other_failure_is_not(self):
        program = self.folder / "dsqbench"
        for code, expected, said in ((5, 0, "5 measured, 0 left for a larger budget or the next night, 0 failed"),
                                     (4, 1, "0 measured, 0 left for a larger budget or the next night, 5 failed")):
            program.write_text(f'#!/bin/sh\n[ "$1" != run ] || exit {code}\nexec "{PROGRAM}" "$@"\n')
            program.chmod(0o755)
            done = self.nightly(program)
            self.assertEqual(done.returncode, expected, done.stderr)
            self.assertIn(said, done.stderr)
            shutil.rmtree(self.folder / "state")


if __name__ == "__main__":
    unittest.main()
