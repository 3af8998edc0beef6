"""`dsqbench compare` on rows that are written here, whose row_id is computed from its description alone."""

import hashlib
import json
import unittest

from command import CommandTest


def row(seed, top1, **changed):
    fields = {"schema_version": 1, "kind": "training", "time": "2026-11-23T09:41:07Z", "machine": "board",
              "commit": "0" * 40, "version": "0.1.0", "recipe": "small", "recipe_id": "a" * 64, "protocol_id": "b" * 64,
              "label": "dsq", "weight_quantizer": "dsq", "activation_quantizer": "dsq", "weight_bits": 2,
              "activation_bits": 2, "dataset": "synthetic", "dataset_fingerprint": "c" * 64, "model": "resnet8",
              "model_width": 8, "seed": seed, "epochs": 2, "outcome": "finished", "top1": top1, "train_images": 2048,
              "evaluated_on": "test", "test_images": 512, "publishable": True, **changed}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return {**fields, "row_id": hashlib.sha256(canonical.encode()).hexdigest()}


class Compare(CommandTest):
    def file(self, name, accuracies, **changed):
        path = self.folder / name
        path.write_text("".join(json.dumps(row(seed, top1, **changed)) + "\n" for seed, top1 in enumerate(accuracies)))
        return path

    def test_ends_with_6_on_a_regression_and_with_0_on_an_improvement(self):
        good, bad = self.file("good.jsonl", [87.0, 88.0, 89.0]), self.file("bad.jsonl", [86.0, 87.1, 88.0])
        self.assertIn("regression", self.dsqbench("compare", good, bad, expect=6).stdout)
        self.assertIn("better", self.dsqbench("compare", bad, good).stdout)

    def test_prints_the_same_as_json(self):
        good, bad = self.file("good.jsonl", [87.0, 88.0, 89.0]), self.file("bad.jsonl", [86.0, 87.1, 88.0])
        report = self.json_of("compare", "--metric", "top1", good, bad, expect=6)
        (change,) = report["changes"]
        self.assertTrue(report["regression"])
        self.assertAlmostEqual(change["difference"]["estimate"], -2.9 / 3)

    def test_sees_a_loss_that_is_the_same_in_every_seed(self):
        good, bad = self.file("good.jsonl", [87.0, 88.0, 89.0]), self.file("bad.jsonl", [67.0, 68.0, 69.0])
        report = self.json_of("compare", "--metric", "top1", good, bad, expect=6)
        self.assertEqual((report["changes"][0]["test"], report["changes"][0]["verdict"]), ("all seeds alike", "regression"))

    def test_does_not_judge_a_single_seed(self):
        good, bad = self.file("good.jsonl", [87.0]), self.file("bad.jsonl", [50.0])
        self.assertIn("a single seed cannot be tested", self.dsqbench("compare", good, bad).stdout)

    def test_refuses_different_protocols(self):
        one, other = self.file("one.jsonl", [87.0]), self.file("other.jsonl", [87.0], protocol_id="d" * 64)
        self.assertIn("different protocols; compare runs of one recipe", self.dsqbench("compare", one, other, expect=4).stderr)

    def test_refuses_an_edited_row(self):
        path = self.file("rows.jsonl", [87.0, 88.0])
        path.write_text(path.read_text().replace("88.0", "98.0"))
        self.assertIn("rows.jsonl:2: the row was changed", self.dsqbench("compare", path, path, expect=4).stderr)


if __name__ == "__main__":
    unittest.main()
