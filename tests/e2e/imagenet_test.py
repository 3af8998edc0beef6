"""`dsqbench run --recipe imagenet_r18_w2a2` on a small tree of ImageNet's shape, oddities included."""

import json
import os
import subprocess
import sys
import unittest

from command import PROGRAM, SOURCE, CommandTest

# Debian's Python has Debian's Pillow, whatever python3 comes first in PATH.
PYTHON = "/usr/bin/python3"
MISSING = 77

# Three classes; one image is grey, one CMYK, one a PNG by the name of a JPEG, as some of ImageNet's are.
MAKE_TREE = """
import pathlib, random, sys
from PIL import Image

random.seed(0)
folder = pathlib.Path(sys.argv[1])
for split, count in [("train", 4), ("val", 2)]:
    for label in range(3):
        for i in range(count):
            image = Image.new("RGB", (random.randint(40, 400), random.randint(40, 400)), (80 * label, 120, 20 * i))
            kind, mode = "JPEG", "RGB"
            if split == "train" and i == 1:
                kind, mode = [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB")][label]
            path = folder / split / f"n{label:08}" / f"n{label:08}_{i}.JPEG"
            path.parent.mkdir(parents=True, exist_ok=True)
            image.convert(mode).save(path, kind)
"""
SMALL = ["--set", "training.batch_size=4", "--set", "data.image_size=64", "--set", "data.resize=72", "--set", "model.width=8",
         "--limit-batches", "2", "--jobs", "1"]


def has_pillow():
    try:
        return subprocess.run([PYTHON, "-c", "import PIL.Image"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class ImageNet(CommandTest):
    def make_tree(self):
        subprocess.run([PYTHON, "-c", MAKE_TREE, str(self.folder / "imagenet")], check=True, timeout=120)

    def test_every_contender_runs_and_no_row_is_publishable(self):
        self.make_tree()
        self.dsqbench("run", "--recipe", "imagenet_r18_w2a2", "--data-root", self.folder, *SMALL, timeout=900)
        rows = self.rows()
        self.assertEqual({row["label"] for row in rows},
                         {"fp32", "ste", "ste-lu", "dorefa", "pact", "dsq-fixed", "dsq-alpha", "dsq"})
        self.assertEqual({row["publishable"] for row in rows}, {False})
        self.assertEqual({row["dataset"] for row in rows}, {"imagenet"})

    def test_packed_it_is_the_same_training(self):
        self.make_tree()
        packed = self.json_of("data", "pack", "--data-root", self.folder, "--out", "packed")
        self.assertEqual((packed["train"]["images"], packed["val"]["images"]), (12, 6))
        run = ["run", "--recipe", "imagenet_r18_w2a2", "--quantizer", "ste", *SMALL]
        for root in [self.folder, self.folder / "packed"]:
            self.dsqbench(*run, "--data-root", root, "--runs-dir", root / "runs", "--results", root / "results", timeout=300)
        one, other = [json.loads(next((root / "results").rglob("*.jsonl")).read_text())
                      for root in [self.folder, self.folder / "packed"]]
        for key in ["weights_sha256", "loss", "dataset_fingerprint"]:
            self.assertEqual(one[key], other[key], key)
        self.assertIn("is there already", self.dsqbench("data", "pack", "--data-root", self.folder, "--out", "packed",
                                                        expect=1).stderr)

    def test_the_loader_is_measured_against_pillow_and_cat(self):
        self.make_tree()
        for options, names in [([], ["pillow", "pillow"]), (["--encoded"], ["cat"])]:
            command = [PYTHON, SOURCE / "scripts/compare_loader", "--program", PROGRAM, "--data-root", self.folder, "--rounds", "2",
                       "--images", "5", "--json", "--results", "measured", *options]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = json.loads(done.stdout)["rows"]
            self.assertEqual([row["rival"].split()[0] for row in rows], names)
            for row in rows:
                self.assertGreater(row["rate"], 0)
                self.assertTrue(row["rival_ratio_lowest"] <= row["rival_ratio"] <= row["rival_ratio_highest"], row)
                self.assertIn("scripts/compare_loader", row["command"])
                self.assertEqual((row["publishable"], row["rounds"]), (False, 2))
        stored = next((self.folder / "measured").rglob("*.jsonl")).read_text().splitlines()
        self.assertEqual([json.loads(line)["workload"] for line in stored],
                         ["image preparation", "image preparation", "reading"])

    def test_the_loader_alone_has_a_row_too_and_a_rival_that_is_none_is_refused(self):
        self.make_tree()
        bench = ["bench", "loader", "--data-root", self.folder, "--images", "2", "--rounds", "5"]
        row, = self.json_of(*bench)["rows"]
        self.assertNotIn("rival", row)
        self.assertIn("dsqbench bench loader --data-root", row["command"])
        self.dsqbench(*bench, "--against", "nameless", expect=2)
        broken = self.dsqbench(*bench, "--against", "broken=nothing-of-that-name", expect=1)
        self.assertRegex(broken.stderr, "'broken' ended: .*not found")

    def test_mobilenet_runs(self):
        self.make_tree()
        self.dsqbench("run", "--recipe", "imagenet_mbv2_w4a4", "--quantizer", "dsq", "--data-root", self.folder, *SMALL,
                      timeout=900)
        self.assertEqual(len(self.rows()), 1)

    def test_a_truncated_image_is_named_and_ends_the_run_where_the_recipe_says_so(self):
        self.make_tree()
        for path in (self.folder / "imagenet/train").rglob("*_0.JPEG"):
            path.write_bytes(path.read_bytes()[:-20])
        run = ["run", "--recipe", "imagenet_r18_w2a2", "--quantizer", "ste", "--data-root", self.folder, *SMALL]
        self.assertIn("_0.JPEG: damaged JPEG file", self.dsqbench(*run, timeout=300).stderr)
        refused = self.dsqbench(*run, "--set", "data.damaged_images=refuse", expect=4, timeout=300)
        self.assertIn("_0.JPEG: damaged JPEG file", refused.stderr)

    def test_without_data_it_says_what_to_put_where(self):
        done = self.dsqbench("run", "--recipe", "imagenet_r18_w2a2", "--data-root", self.folder, expect=4)
        self.assertIn("imagenet/train/<class>/*.JPEG and imagenet/val/<class>/*.JPEG", done.stderr)


if __name__ == "__main__":
    if not has_pillow():
        print(f"skipped: {PYTHON} has no Pillow; scripts/install test", file=sys.stderr)
        sys.exit(1 if os.environ.get("DSQBENCH_REQUIRE_ALL") else MISSING)
    unittest.main()
