"""`dsqbench doctor` advises; it does not fail."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import CommandTest


class DoctorTest(CommandTest):
    def test_text_and_json_agree(self):
        report = self.json_of("doctor")
        text = self.dsqbench("doctor").stdout
        for finding in report["findings"]:
            self.assertIn(finding["subject"], text)
        self.assertEqual(report["warnings"], sum(finding["fitness"] == "warning" for finding in report["findings"]))

    def test_every_warning_comes_with_advice(self):
        for finding in self.json_of("doctor")["findings"]:
            self.assertEqual(finding["advice"] != "", finding["fitness"] == "warning", finding)

    def test_names_the_disk_of_the_runs(self):
        disk = [finding for finding in self.json_of("doctor", "--runs-dir", self.folder / "not-there")["findings"]
                if finding["subject"] == "disk"]
        self.assertIn(str(self.folder), disk[0]["found"])


unittest.main()
