"""`dsqbench deploy RUN`: every contender of a small run becomes an integer network that decides like the trained one."""

import json
import shutil
import unittest

from command import CommandTest

RECIPE = "synthetic_r8_w2a2"
SMALL = ["--set", "training.epochs=1", "--set", "data.synthetic_train_images=512"]


class Deploy(CommandTest):
    def train(self, *options, quantizers=()):
        chosen = ["--quantizer", *quantizers] if quantizers else []
        self.dsqbench("run", "--recipe", RECIPE, *SMALL, *options, *chosen)
        return sorted((self.folder / "runs" / RECIPE).glob("*-s0-*"))

    def deploy(self, *arguments, expect=0):
        done = self.dsqbench("deploy", *arguments, "--samples", "0", "--json", expect=expect)
        return json.loads(done.stdout)

    def expect_parity(self, runs):
        found = self.deploy(*runs)
        self.assertEqual(len(found["networks"]), len(runs))
        for network in found["networks"]:
            parity = network["parity"]
            self.assertNotIn("failure", parity, network["label"])
            self.assertGreaterEqual(parity["equal_percent"], 99.9 - 1e-9, network["label"])
            self.assertTrue(all(one["rounding"] for one in parity["disagreements"]), network["label"])
        trained = {row["weights_sha256"]: row for row in self.rows()}
        for row in found["rows"]:
            # Joined by the weights' hash alone.
            self.assertAlmostEqual(row["integer_top1"], trained[row["weights_sha256"]]["top1"], delta=0.25)
        return found

    def test_every_contender_passes_parity(self):
        contenders = ["ste", "ste-lu", "dorefa", "pact", "dsq-fixed", "dsq-alpha", "dsq-mqbench", "dsq", "lsq", "ewgs"]
        runs = self.train(quantizers=contenders)
        self.assertEqual(len(runs), len(contenders))
        self.expect_parity(runs)

    def test_one_bit_one_range_a_tensor_and_float_edges_pass_parity(self):
        self.train("--set", "quantization.weight_bits=1", "--set", "quantization.activation_bits=1",
                   quantizers=["dorefa", "dsq", "ste"])
        self.train("--set", "quantization.weight_ranges=tensor", "--set", "quantization.first_layer=fp32", "--set",
                   "quantization.last_layer=fp32", "--set", "quantization.shortcuts=fp32", quantizers=["dsq"])
        self.train("--set", "quantization.weight_bits=4", "--set", "quantization.activation_bits=3",
                   quantizers=["lsq"])
        runs = self.train("--set", "model.name=vgg_small", quantizers=["dorefa", "dsq"])
        self.assertGreaterEqual(len(runs), 7)
        self.expect_parity(runs)

    def test_the_file_gives_the_predictions_of_the_run(self):
        (run,) = self.train(quantizers=["dsq"])
        found = self.deploy(run, "--output", "net.safetensors", "--write-images", "x.safetensors")
        row = found["rows"][0]
        self.assertEqual(row["file_bytes"], (self.folder / "net.safetensors").stat().st_size)
        again = self.json_of("deploy", "--file", "net.safetensors", "--input", "x.safetensors")
        self.assertAlmostEqual(again["top1"], row["integer_top1"])
        baseline = self.json_of("deploy", "--file", "net.safetensors", "--input", "x.safetensors", "--isa", "baseline")
        self.assertEqual(again, baseline)

    def test_a_run_that_was_cut_short_and_a_part_of_the_images_give_rows_that_say_so(self):
        (run,) = self.train("--limit-batches", "2", quantizers=["ste"])
        (row,) = self.deploy(run)["rows"]
        self.assertFalse(row["publishable"])
        self.assertIn("training run", row["unpublishable_reason"])
        self.assertEqual(row["compared_on"], "test")
        (run,) = (path for path in self.train(quantizers=["ste"]) if path != run)
        (row,) = self.deploy(run, "--limit-images", "7")["rows"]
        self.assertEqual((row["compared_images"], row["publishable"]), (7, False))

    def test_a_network_without_parity_is_exit_code_5_and_writes_no_file(self):
        (run,) = self.train(quantizers=["ste"])
        result = json.loads((run / "result.json").read_text())
        result["row"]["top1"] += 1.0
        (run / "result.json").write_text(json.dumps(result))
        done = self.dsqbench("deploy", run, "--samples", "0", "--output", "net.safetensors", "--results", "r", expect=5)
        self.assertIn("no parity", done.stderr)
        self.assertFalse((self.folder / "net.safetensors").exists())
        self.dsqbench("deploy", run, "--write-images", "x.safetensors", "--samples", "0", expect=5)
        self.dsqbench("deploy", run, "--input", "x.safetensors", expect=5)

    def test_what_is_no_finished_run_is_exit_code_4(self):
        (run,) = self.train(quantizers=["ste"])
        for change, words in [(lambda copy: (copy / "result.json").unlink(), "not finished"),
                              (lambda copy: (copy / "weights.safetensors").unlink(), "weights.safetensors"),
                              (lambda copy: (copy / "weights.safetensors").write_bytes(b"x"), "other weights")]:
            copy = self.folder / "copy"
            shutil.copytree(run, copy)
            change(copy)
            done = self.dsqbench("deploy", copy, "--samples", "0", expect=4)
            self.assertIn(words, done.stderr)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
            shutil.rmtree(copy)
        self.assertIn("no run directory", self.dsqbench("deploy", self.folder, expect=4).stderr)


if __name__ == "__main__":
    unittest.main()
