"""`dsqbench run` on the synthetic set: the whole path from a recipe to rows, and what happens when it is disturbed."""

import fcntl
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

from command import RECIPES, SOURCE, CommandTest, write_claim

TINY = ["run", "--recipe", "synthetic_r8_w2a2"]
# Facts of the machine that differ between two equal runs.
TIMES = {"images_per_second", "peak_memory_bytes"}


class Run(CommandTest):
    def metrics(self, run):
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        return [{key: value for key, value in line.items() if key not in TIMES} for line in lines]

    def fingerprint(self, run):
        return hashlib.sha256((run / "weights.safetensors").read_bytes()).hexdigest(), self.metrics(run)

    def only_run(self, folder, label):
        (run,) = (self.folder / folder / "synthetic_r8_w2a2").glob(f"{label}-s*")
        return run

    def test_compares_all_contenders_of_the_recipe_and_stores_their_rows(self):
        (comparison,) = self.json_of(*TINY, "--seeds", "0,1")
        labels = [line["label"] for line in comparison["contenders"]]
        self.assertGreaterEqual(set(labels), {"fp32", "ste", "dorefa", "pact", "dsq"})
        rows = self.rows()
        self.assertEqual(len(rows), 2 * len(labels))
        self.assertEqual(len({row["protocol_id"] for row in rows}), 1)
        self.assertEqual(len({row["recipe_id"] for row in rows}), len(labels))
        for row in rows:
            self.assertTrue(row["publishable"])
            self.assertGreater(row["top1"], 20.0, row["label"])  # ten classes: chance is 10 %
        text = self.dsqbench(*TINY, "--seeds", "0,1").stdout
        for word in [*labels, "dorefa / pact", "±", "images/s", "runs/synthetic_r8_w2a2"]:
            self.assertIn(word, text)
        self.assertEqual(len(self.rows()), len(rows), "a second call trains nothing and adds no row")
        stored = self.dsqbench("show", "results", "synthetic_r8_w2a2").stdout
        self.assertEqual(stored, text, "the stored rows give the same table")

    def test_records_every_layer_of_every_epoch(self):
        self.dsqbench(*TINY, "--quantizer", "dsq")
        epochs = self.metrics(self.only_run("runs", "dsq"))
        self.assertEqual([line["epoch"] for line in epochs], list(range(1, len(epochs) + 1)))
        for epoch in epochs:
            layers = {layer["layer"]: layer for layer in epoch["layers"]}
            site = layers["layer2.0.conv1"]
            for key in ["alpha", "l", "u", "clipping_error", "rounding_error", "surrogate_error", "gradient_cosine"]:
                self.assertIsInstance(site["weight"][key], float, key)
                self.assertIsInstance(site["activation"][key], float, key)
        self.assertIsNone(epochs[0]["layers"][0]["weight"]["code_flips"])
        self.assertIsInstance(epochs[1]["layers"][0]["weight"]["code_flips"], float)

    def test_killed_at_random_moments_it_ends_bit_identical(self):
        # Every trick that has state takes part.
        options = ["--quantizer", "dsq", "--jobs", "1", "--set", "tricks.ema.decay=0.9",
                   "--set", "tricks.progressive.bits=[4]", "--set", "tricks.progressive.epochs_per_stage=1",
                   "--set", "tricks.bn_reestimation.batches=2", "--set", "training.optimizer=adam",
                   "--set", "training.learning_rate=0.002"]
        started = time.monotonic()
        self.dsqbench(*TINY, *options, "--runs-dir", "whole", "--results", "r1")
        duration = time.monotonic() - started
        seed = random.randrange(1 << 32)
        moments = random.Random(seed)
        kills = 0
        for _ in range(6):
            process = self.start(*TINY, *options, "--runs-dir", "killed", "--results", "r2", "--checkpoint-seconds", "0")
            time.sleep(moments.uniform(0.1, max(0.5, duration)))
            kills += process.poll() is None
            self.kill_group(process)
        self.dsqbench(*TINY, *options, "--runs-dir", "killed", "--results", "r2", "--checkpoint-seconds", "0")
        self.assertGreater(kills, 0, f"no kill came in time; seed {seed}")
        self.assertEqual(self.fingerprint(self.only_run("killed", "dsq")), self.fingerprint(self.only_run("whole", "dsq")),
                         f"moments of seed {seed}")

    def weights(self, *options, folder=None):
        """The bytes of the trained tensors, without the file's header, which names the recipe."""
        folder = folder or f"runs{len(list(self.folder.glob('runs*')))}"
        self.dsqbench(*TINY, "--quantizer", "dsq", "--jobs", "1", "--runs-dir", folder, *options)
        file = (self.only_run(folder, "dsq") / "weights.safetensors").read_bytes()
        return file[8 + int.from_bytes(file[:8], "little"):]

    def weights_after_a_kill(self, *options):
        """The same of a run that was killed behind a checkpoint and gone on with."""
        options = [*options, "--checkpoint-seconds", "0"]
        process = self.start(*TINY, "--quantizer", "dsq", "--jobs", "1", *options, "--runs-dir", "killed")
        self.wait_for_checkpoint(process, "killed")
        self.kill_group(process)
        return self.weights(*options, folder="killed")

    def test_mixed_precision_killed_at_a_random_moment_ends_bit_identical(self):
        # The blocked layout's float32 path is the other one, so that other bits say that it stepped aside.
        options = ["--set", "tricks.autocast.type=bf16", "--set", "tricks.loss_scaling.scale=1024"]
        whole = self.weights(*options)
        self.assertTrue(whole != self.weights())
        self.assertTrue(whole == self.weights_after_a_kill(*options))

    def test_a_scaled_loss_changes_no_bit_and_steps_that_overflow_are_left_out(self):
        plain = self.weights()
        self.assertTrue(plain == self.weights("--set", "tricks.loss_scaling.scale=1024"))
        # The L2 term alone has gradients of 20 then, and 2^127 times that is infinite.
        decayed = ["--set", "quantization.options.dsq.alpha_decay=100.0"]
        self.assertTrue(self.weights(*decayed) != self.weights(*decayed, "--set", f"tricks.loss_scaling.scale={2.0 ** 127}"))
        self.assertEqual({row["outcome"] for row in self.rows()}, {"finished"})
        refused = self.dsqbench(*TINY, "--quantizer", "dsq", "--set", "tricks.loss_scaling.scale=1000", expect=3)
        self.assertIn("power of two", refused.stderr)

    def test_channels_last_trains_to_the_same_within_roundings(self):
        self.weights()
        self.weights("--set", "tricks.channels_last=true")
        contiguous, last = self.rows()
        self.assertNotEqual(contiguous["protocol_id"], last["protocol_id"])
        self.assertAlmostEqual(contiguous["loss"], last["loss"], delta=0.1)

    def test_float16_on_the_cpu_is_refused(self):
        done = self.dsqbench(*TINY, "--quantizer", "dsq", "--set", "tricks.autocast.type=fp16", expect=3)
        self.assertIn("fp16 autocast is for GPUs", done.stderr)
        self.assertEqual(self.rows(), [])

    def test_signals_stop_at_a_checkpoint_with_their_exit_codes(self):
        long = [*TINY, "--quantizer", "dsq", "--set", "training.epochs=500", "--checkpoint-seconds", "0.2"]
        for number, code in [(signal.SIGINT, 130), (signal.SIGTERM, 75), (signal.SIGUSR1, 75)]:
            process = self.start(*long, "--runs-dir", f"runs-{number}")
            self.wait_for_checkpoint(process, f"runs-{number}")
            process.send_signal(number)
            process.wait(timeout=120)
            self.assertEqual(process.returncode, code)
            self.assertTrue(any(self.folder.glob(f"runs-{number}/*/dsq-*/checkpoint.safetensors")))
            self.assertFalse(any(self.folder.glob(f"runs-{number}/*/dsq-*/result.json")))

    def test_a_stop_of_reproduce_is_one_of_what_it_runs(self):
        shutil.copytree(RECIPES, self.folder / "recipes")
        long = "dsqbench run --recipe synthetic_r8_w2a2 --quantizer dsq --set training.epochs=500 --checkpoint-seconds 0.2"
        write_claim(self.folder / "recipes/claims/x.toml", [long, "dsqbench export csv rows.csv"])
        shutil.copytree(SOURCE / "results/published", self.folder / "results/published")
        for number, code in [(signal.SIGTERM, 75), (signal.SIGINT, 130)]:
            runs = f"runs-{number}"
            process = self.start("reproduce", "x", "--run", "--recipes-dir", "recipes", "--runs-dir", runs)
            self.wait_for_checkpoint(process, runs)
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=60), code)
            (lock,) = self.folder.glob(f"{runs}/*/dsq-*/.lock")
            with lock.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # what it ran has ended
        self.assertFalse((self.folder / "rows.csv").exists(), "nothing is run after a stop")

    def test_workers_die_with_a_killed_parent(self):
        process = self.start(*TINY, "--quantizer", "dsq", "--set", "training.epochs=500", "--checkpoint-seconds", "0.2")
        self.wait_for_checkpoint(process)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for _ in range(300):
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
        self.fail("a worker outlived its parent by 30 s")

    def test_one_failing_contender_does_not_stop_the_others(self):
        self.dsqbench(*TINY, "--quantizer", "ste", "dsq")
        run = self.only_run("runs", "ste")
        for path in run.iterdir():
            path.unlink()
        run.rmdir()
        run.write_text("a file where the run directory should be")
        for row_file in self.folder.glob("results/*/*.jsonl"):
            row_file.unlink()
        done = self.dsqbench(*TINY, "--quantizer", "ste", "dsq", expect=1)
        self.assertIn("ste seed 0 failed", done.stderr)
        self.assertEqual([row["label"] for row in self.rows()], ["dsq"])

    def checkpoint(self, runs="runs"):
        (path,) = self.folder.glob(f"{runs}/*/dsq-*/checkpoint.safetensors")
        return path

    def test_checkpoints_come_every_so_many_seconds(self):
        process = self.start(*TINY, "--quantizer", "dsq", "--set", "data.synthetic_train_images=6000",
                             "--set", "training.epochs=500", "--checkpoint-seconds", "0.3")
        self.wait_for_checkpoint(process)
        times = set()
        for _ in range(3000):
            times.add(self.checkpoint().stat().st_mtime)
            if len(times) == 7:
                break
            time.sleep(0.02)
        gaps = [later - earlier for earlier, later in zip(sorted(times), sorted(times)[1:])]
        self.assertEqual(len(gaps), 6)
        self.assertLessEqual(sum(gap < 0.29 for gap in gaps), 2, f"an epoch's end writes one too: {gaps}")

    def test_a_full_disk_keeps_the_last_good_checkpoint(self):
        run = [*TINY, "--quantizer", "dsq", "--set", "training.epochs=4"]
        whole = ["--runs-dir", "whole", "--results", "r1"]
        self.dsqbench(*run, *whole)
        disturbed = [*run, "--runs-dir", "runs", "--results", "r2", "--checkpoint-seconds", "0"]
        process = self.start(*disturbed)
        self.wait_for_checkpoint(process)
        process.send_signal(signal.SIGUSR1)
        process.wait(timeout=120)
        self.assertEqual(process.returncode, 75)
        good = self.checkpoint().read_bytes()
        limit = len(good) // 2048  # ulimit counts KiB: room for half of it
        done = subprocess.run(["bash", "-c", f"ulimit -f {limit}; exec {' '.join(self.command(*disturbed))}"],
                              cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("checkpoint.safetensors: cannot write", done.stderr)
        self.assertEqual(self.checkpoint().read_bytes(), good)
        self.assertEqual([path.name for path in self.checkpoint().parent.glob("checkpoint*")], ["checkpoint.safetensors"])
        self.dsqbench(*disturbed)
        self.assertEqual(self.fingerprint(self.only_run("runs", "dsq")), self.fingerprint(self.only_run("whole", "dsq")))

    def test_a_log_says_progress_time_to_go_speed_loss_and_accuracy(self):
        done = self.dsqbench(*TINY, "--quantizer", "dsq", "--set", "training.epochs=4", "--progress-seconds", "0")
        lines = [line for line in done.stderr.splitlines() if line.startswith("dsq seed 0: ")]
        whole = (r"dsq seed 0: \d+%  epoch [2-4]/4  loss \d+\.\d{3}  \d+ images/s  top-1 \d+\.\d\d %  "
                 r"[\d.]+ s left")
        self.assertTrue(any(re.fullmatch(whole, line) for line in lines), done.stderr)
        self.assertNotIn("\033", done.stderr)
        last = self.metrics(self.only_run("runs", "dsq"))[-1]
        self.assertTrue(any(f"epoch 4/4  loss {last['train_loss']:.3f}" in line and f"top-1 {last['top1']:.2f} %" in line
                            for line in lines), done.stderr)

    def test_prometheus_hears_of_every_run(self):
        self.dsqbench(*TINY, "--quantizer", "ste", "dsq", "--prometheus", "metrics/dsqbench.prom")
        values = dict(line.rsplit(" ", 1) for line in (self.folder / "metrics/dsqbench.prom").read_text().splitlines()
                      if not line.startswith("#"))
        rows = {row["label"]: row for row in self.rows()}
        for label in ["ste", "dsq"]:
            run = f'recipe="synthetic_r8_w2a2",contender="{label}",seed="0",run="{rows[label]["run_directory"]}"'
            self.assertEqual(values[f'dsqbench_run_state{{{run},state="succeeded"}}'], "1")
            self.assertEqual(float(values[f"dsqbench_run_progress_ratio{{{run}}}"]), 1)
            self.assertAlmostEqual(float(values[f"dsqbench_run_top1_ratio{{{run}}}"]), rows[label]["top1"] / 100)
            self.assertGreater(float(values[f"dsqbench_run_memory_bytes{{{run}}}"]), 1e7)

    def test_prometheus_that_cannot_be_written_is_an_error_before_any_training(self):
        (self.folder / "file").write_text("")
        done = self.dsqbench(*TINY, "--quantizer", "ste", "--prometheus", "file/x.prom", expect=1)
        self.assertIn("file", done.stderr)
        self.assertEqual(self.rows(), [])

    def test_a_full_disk_is_one_clear_error_and_loses_nothing(self):
        options = [*TINY, "--quantizer", "ste", "--checkpoint-seconds", "0"]
        script = f"ulimit -f 16; exec {' '.join(self.command(*options))}"
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment(), capture_output=True,
                              text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot write", done.stderr)
        self.dsqbench(*options)
        self.assertEqual(len(self.rows()), 1)

    def test_a_shortened_run_is_marked_and_not_taken_for_the_whole_one(self):
        self.dsqbench(*TINY, "--quantizer", "ste", "--limit-batches", "1")
        self.dsqbench(*TINY, "--quantizer", "ste")
        short, whole = self.rows()
        self.assertFalse(short["publishable"])
        self.assertIn("--limit-batches 1", short["unpublishable_reason"])
        self.assertTrue(whole["publishable"])
        self.assertLess(short["test_images"], whole["test_images"])
        self.assertEqual((short["epochs"], whole["epochs"]), (1, 2))

    def test_divergence_is_recorded_as_not_converged(self):
        done = self.dsqbench(*TINY, "--quantizer", "ste", "--set", "training.learning_rate=1000",
                             "--set", "training.warmup_epochs=0", expect=5)
        self.assertIn("not converged", done.stdout)
        self.assertEqual(self.rows()[0]["outcome"], "not converged")

    def test_a_sweep_prints_one_comparison_a_protocol(self):
        comparisons = self.json_of(*TINY, "--quantizer", "ste", "--over", "training.epochs=1,2")
        self.assertEqual(len(comparisons), 2)
        self.assertNotEqual(comparisons[0]["protocol_id"], comparisons[1]["protocol_id"])


class Errors(CommandTest):
    def expect_error(self, code, words, *arguments):
        done = self.dsqbench(*arguments, expect=code)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_no_contenders_are_exit_code_3(self):
        self.expect_error(3, ["there are no contenders"], *TINY, "--set", "contenders=[]")

    def test_a_missing_data_set_is_exit_code_4_with_the_way_to_get_it(self):
        self.expect_error(4, ["cifar"], "run", "--recipe", "cifar10_r20_w2a2", "--data-root", self.folder)

    def test_recipe_errors_are_exit_code_3(self):
        self.expect_error(3, ["bits"], *TINY, "--set", "quantization.weight_bits=9")
        self.expect_error(3, ["did you mean"], *TINY, "--set", "training.epoch=1")
        self.expect_error(3, ["did you mean 'resnet8'"], *TINY, "--set", "model.name=resnet9")
        self.expect_error(3, ["'tricks.ema.decay' must be a number"], *TINY, "--set", "tricks.ema.decay=2")
        self.expect_error(3, ["'alpha' cannot be 0.9"], *TINY, "--set", "quantization.options.dsq.alpha=0.9")
        self.assertFalse((self.folder / "runs").exists(), "nothing has started")

    def test_a_recipe_without_rows_has_no_results_to_show(self):
        self.expect_error(4, ["there is no such folder of result rows", "its first row makes it"], "show", "results", "x")
        self.dsqbench(*TINY, "--quantizer", "fp32")
        self.expect_error(4, ["no publishable row", "dsqbench run --recipe x"], "show", "results", "x")

    def test_a_device_that_is_not_there_is_exit_code_69_and_one_that_cannot_be_is_2(self):
        for name in ("gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1000", "cuda:01", "cuda:1x", "CPU", ""):
            self.expect_error(2, ["there is no device", "known: cpu, cuda"], *TINY, "--device", name)
        # Either LibTorch has no CUDA, or the machine fewer than 101 GPUs.
        done = self.dsqbench(*TINY, "--device", "cuda:100", expect=69)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertTrue(any(hint in done.stderr for hint in ("Torch_DIR", "nvidia-smi", "this machine has")), done.stderr)
        self.assertFalse((self.folder / "runs").exists())

    def test_a_wrong_command_line_is_exit_code_2(self):
        self.expect_error(2, ["--recipe"], "run")
        self.expect_error(2, ["did you mean 'dsq'"], *TINY, "--quantizer", "dsk")
        self.expect_error(2, ["seeds"], *TINY, "--seeds", "4..1")
        for option, value, least in [("--limit-batches", "-1", 0), ("--checkpoint-seconds", "nan", 0), ("--jobs", "0", 1)]:
            self.expect_error(2, [f"{option}: {value} is not at least {least}"], *TINY, option, value)


if __name__ == "__main__":
    unittest.main()
