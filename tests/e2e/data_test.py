"""What a run makes of the data that it finds, and what `dsqbench data` says of them."""

import shutil
import unittest

from command import CommandTest
from small_images import write_images

RUN = ["run", "--recipe", "synthetic_r8_w2a2", "--set", "data.name=cifar10", "--set", "tricks.pretrain=false", "--jobs", "1"]


class Data(CommandTest):
    def setUp(self):
        super().setUp()
        write_images(self.folder / "data")
        write_images(self.folder / "other", first=20)

    def run_on(self, data, *arguments, **options):
        return self.dsqbench(*RUN, "--quantizer", "dsq", "--data-root", data, *arguments, **options)

    def test_a_finished_run_counts_for_the_data_that_it_was_trained_on(self):
        self.run_on("data")
        refused = self.run_on("other", expect=4).stderr
        self.assertIn("this run was trained on other data; choose another --runs-dir", refused)
        shutil.move(self.folder / "data", self.folder / "moved")
        self.run_on("moved")
        self.run_on("other", "--runs-dir", "other-runs")
        self.assertEqual(len({row["dataset_fingerprint"] for row in self.rows()}), 2)

    def test_a_stopped_run_goes_on_with_the_data_that_it_began_on(self):
        long = ["--set", "training.epochs=3000", "--checkpoint-seconds", "0"]
        process = self.start(*RUN, "--quantizer", "dsq", "--data-root", "data", *long)
        self.wait_for_checkpoint(process)
        self.kill_group(process)
        self.assertIn("trained on other data", self.run_on("other", *long, expect=4).stderr)

    def test_rows_of_an_incomplete_set_are_unpublishable(self):
        self.run_on("data")
        (row,) = self.rows()
        self.assertFalse(row["publishable"])
        self.assertEqual(row["unpublishable_reason"], "not the whole of cifar10: 130 training images instead of 50000")
        checked = self.dsqbench("data", "check", "cifar10", "--data-root", "data", expect=4)
        self.assertIn("train: 130 images of 3x32x32 in 10 classes", checked.stdout)
        self.assertIn("data: is not the whole of cifar10: 130 training images instead of 50000; ", checked.stderr)
        self.assertIn("test: 512 images", self.dsqbench("data", "check", "synthetic").stdout)

    def test_a_damaged_image_is_exit_code_4_and_an_empty_list_in_json(self):
        image = self.folder / "data/train/dog/3.png"
        image.write_bytes(image.read_bytes()[:60])
        done = self.run_on("data", "--json", expect=4)
        self.assertEqual(done.stdout, "[]\n")
        self.assertIn("3.png", done.stderr)


if __name__ == "__main__":
    unittest.main()
