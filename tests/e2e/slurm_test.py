"""`dsqbench submit slurm` against a real Slurm: slurm_cluster.py starts one, and nothing of it stays behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from command import CommandTest
from slurm_cluster import BATCH_START_SECONDS, Cluster, descendants, missing_programs, read_process, wait_until

# An FP32 pre-training a seed, then the contenders.
RECIPE = """
extends = "synthetic_r8_w2a2"
description = "seconds, for a test"

[training]
epochs = {epochs}

[tricks.pretrain]
epochs = 1
"""
# Long enough to be caught in the middle: dozens of checkpoints.
LONG = ["--recipe", "long.toml", "--quantizer", "dsq", "--checkpoint-seconds", "0.05"]
# Of squeue(1), "JOB STATE CODES". What is being queued again is in none of them, and not always in squeue's usual list.
ENDED = ["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "TIMEOUT"]
# A node takes a start in the second in which the job's last one ended for one of those that it has to refuse.
REVOKED_SECONDS = 2
SECONDS = 240  # for whatever is waited for, however slow the machine


class Slurm(CommandTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = cls.enterClassContext(Cluster())
        cls.reference = {}  # weights of uninterrupted runs, by what was asked for

    def setUp(self):
        super().setUp()
        (self.folder / "tiny.toml").write_text(RECIPE.format(epochs=1))
        (self.folder / "long.toml").write_text(RECIPE.format(epochs=8))
        self.addCleanup(self.cluster.command, "scancel", "--me", check=False)

    def environment(self, **extra):
        return super().environment(**{**self.cluster.environment, **extra})

    def submit(self, *options, **more):
        return self.json_of("submit", "slurm", *options, **more)

    def states(self, *options):
        """Collects; state by label."""
        done = subprocess.run(self.command("submit", "slurm", *options, "--collect", "--json"), cwd=self.folder,
                              env=self.environment(), capture_output=True, text=True, timeout=SECONDS)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return {task["label"]: task["state"] for task in json.loads(done.stdout)["tasks"]}

    def queue(self):
        """Elements that have not ended: id -> (state, reason). Those that wait out Slurm's two minutes between a requeue
        and the next start are let go sooner."""
        lines = self.cluster.command("squeue", "--noheader", "--array", "--states=all", "--format=%i|%T|%r")
        rows = [line.split("|") for line in lines.splitlines()]
        queue = {element: (state, reason) for element, state, reason in rows if state not in ENDED}
        for element, (_, reason) in queue.items():
            if reason == "BeginTime":
                time.sleep(REVOKED_SECONDS)
                self.cluster.command("scontrol", "update", f"jobid={element}", "StartTime=now", check=False)
        return queue

    def wait_for_jobs(self):
        wait_until(lambda: not self.queue(), SECONDS, lambda: f"jobs end: {self.queue()}\n{self.logs()}")

    def logs(self):
        return "\n".join(f"{path}:\n{path.read_text(errors='replace')}" for path in self.folder.rglob("logs/*.log"))

    def wait_for_checkpoint(self):
        wait_until(lambda: any(self.folder.glob("runs/long/dsq-*/checkpoint.safetensors")), SECONDS,
                   lambda: f"a checkpoint\n{self.logs()}")

    def worker(self):
        """The id of the one training process."""
        steps = self.cluster.step_processes()
        workers = [process for step in steps for process in descendants(step)
                   if b"\0worker\0" in read_process(process, "cmdline")]
        self.assertEqual(len(workers), 1, steps)
        return workers[0]

    def weights(self):
        (row,) = self.rows()
        return row["weights_sha256"]

    def reference_weights(self):
        """Of the long run, trained here and without interruption."""
        if "long" not in self.reference:
            self.dsqbench("run", *LONG, "--runs-dir", "whole", "--results", "whole-results")
            (row,) = [json.loads(line) for path in self.folder.glob("whole-results/*/*.jsonl")
                      for line in path.read_text().splitlines()]
            self.reference["long"] = row["weights_sha256"]
        return self.reference["long"]

    def test_arrays_train_a_plan_and_its_rows_are_collected_once(self):
        self.folder = self.folder / "two words, '%j' \"$(id)\" #"
        self.folder.mkdir()
        (self.folder / "tiny.toml").write_text(RECIPE.format(epochs=1))
        plan = ["run", "--recipe", "tiny.toml", "--quantizer", "ste", "dsq", "--seeds", "0,1", "--pack", "2",
                "--jobs", "2", "--partition", "short", "--account", "nobody"]
        self.assertIn("exec", self.dsqbench("submit", "slurm", *plan, "--dry-run").stdout)
        self.assertFalse((self.folder / "runs").exists(), "a dry run writes nothing")
        first = self.submit(*plan)
        self.assertEqual([(array["name"], array["elements"]) for array in first["arrays"]], [("stage-1", 1), ("stage-2", 2)])
        again = self.submit(*plan)
        self.assertNotIn("arrays", again, "what is queued is not submitted again")
        self.wait_for_jobs()
        self.assertEqual(set(self.states(*plan).values()), {"done"}, self.logs())
        rows = self.rows()
        self.assertEqual(sorted((row["label"], row["seed"]) for row in rows), [("dsq", 0), ("dsq", 1), ("ste", 0), ("ste", 1)])
        self.assertEqual(len({row["row_id"] for row in rows}), 4)
        self.assertEqual(self.submit(*plan, "--collect")["new_rows"], 0)
        self.assertNotIn("arrays", self.submit(*plan), "what is finished is not submitted again")
        self.assertEqual(self.rows(), rows)
        self.assertEqual(self.cluster.command("squeue", "--noheader"), "")
        # The same plan here: it trains nothing and agrees.
        self.dsqbench(*plan[:8])
        self.assertEqual(self.rows(), rows)

    def test_an_ablation_is_submitted_cell_by_cell(self):
        (self.folder / "design.toml").write_text(RECIPE.format(epochs=1) + """
[design.quantizers]
none = "ste"
dsq = "dsq"

[design.factors.dsq]
group = "algorithm"

[design.factors.decay]
group = "recipe"
old = ["training.weight_decay=5e-4"]
new = ["training.weight_decay=0.0"]
""")
        plan = ["ablate", "--recipe", "design.toml", "--seeds", "0", "--pack", "4"]
        self.submit(*plan)
        self.wait_for_jobs()
        self.assertEqual(set(self.states(*plan).values()), {"done"}, self.logs())
        self.assertEqual(self.submit(*plan, "--collect")["stored"], 4)
        rows = self.rows()
        self.assertEqual(len(rows), 4)
        self.dsqbench("ablate", "--recipe", "design.toml", "--seeds", "0", "--plan")
        self.assertEqual(self.rows(), rows)

    def test_a_throttle_holds_across_stages(self):
        self.submit("run", "--recipe", "tiny.toml", "--quantizer", "ste", "--seeds", "0,1", "--throttle", "1")
        self.wait_for_jobs()
        lines = self.cluster.command("squeue", "--noheader", "--array", "--states=all", "--format=%F %S %e").splitlines()
        last = sorted({int(line.split()[0]) for line in lines})[-2:]
        times = sorted(line.split()[1:] for line in lines if int(line.split()[0]) in last)
        self.assertEqual(len(times), 4)
        for before, after in zip(times, times[1:]):
            self.assertLessEqual(before[1], after[0], "an element started before another had ended")

    def test_before_the_time_limit_a_run_stops_and_goes_on_bit_identical(self):
        whole = self.reference_weights()
        plan = ["run", *LONG, "--time-limit", "2", "--signal-seconds", "59"]
        self.submit(*plan)
        self.wait_for_checkpoint()
        worker = self.worker()
        os.kill(worker, signal.SIGSTOP)  # so that it is still there when the signal comes, on any machine
        try:
            wait_until(lambda: "stopping at the next checkpoint" in self.logs(), SECONDS, lambda: f"SIGUSR1: {self.logs()}")
        finally:
            os.kill(worker, signal.SIGCONT)
        self.wait_for_jobs()
        self.assertIn("queueing job", self.logs())
        self.assertEqual(self.states(*plan)["dsq seed 0"], "done", self.logs())
        self.assertEqual(self.weights(), whole)

    def test_a_run_survives_the_death_of_its_node(self):
        whole = self.reference_weights()
        plan = ["run", *LONG]
        self.submit(*plan)
        self.wait_for_checkpoint()
        self.cluster.kill("slurmd")
        self.cluster.kill_steps()
        self.assertEqual(self.states(*plan)["dsq seed 0"], "running", "Slurm does not know yet")
        # A node that comes back sooner is believed to be about to start the job that it does not know.
        time.sleep(BATCH_START_SECONDS + 1)
        self.cluster.start_node()
        self.wait_for_jobs()
        self.assertEqual(self.states(*plan)["dsq seed 0"], "done", self.logs())
        self.assertEqual(self.weights(), whole)

    def test_cancelled_runs_end_at_a_checkpoint_and_only_they_are_submitted_again(self):
        whole = self.reference_weights()
        plan = ["run", *LONG, "--seeds", "0,1", "--throttle", "1"]
        job = self.submit(*plan)["arrays"][1]["job"]
        self.wait_for_checkpoint()
        self.cluster.command("scancel", job)
        self.wait_for_jobs()
        contenders = ["dsq seed 0", "dsq seed 1"]
        states = self.states(*plan)
        self.assertEqual([states[label] for label in contenders], ["stopped", "lost"], self.logs())
        self.dsqbench("submit", "slurm", *plan, "--collect", expect=1)
        again = self.submit("run", *LONG)
        self.assertEqual([array["elements"] for array in again["arrays"]], [1])
        self.wait_for_jobs()
        states = self.states(*plan)
        self.assertEqual([states[label] for label in contenders], ["done", "lost"], self.logs())
        self.assertEqual(self.weights(), whole)

    def test_a_failed_pretraining_fails_what_needs_it_and_can_be_repeated(self):
        plan = ["run", "--recipe", "tiny.toml", "--quantizer", "ste"]
        runs = {task["label"]: self.folder / "runs" / task["run"]
                for task in self.submit(*plan, "--sbatch=--hold")["tasks"]}
        obstacle = runs["pretraining seed 0"]
        obstacle.parent.mkdir(parents=True)
        obstacle.write_text("a file where the run directory should be")
        self.cluster.command("scontrol", "release", *self.queue())
        self.wait_for_jobs()
        self.assertEqual(set(self.states(*plan).values()), {"failed"}, self.logs())
        report = self.dsqbench("submit", "slurm", *plan, "--collect", expect=1).stdout
        self.assertIn("has no result; log: runs/slurm/0001/logs/stage-2-0.log", report)
        obstacle.unlink()
        self.submit(*plan)
        self.wait_for_jobs()
        self.assertEqual(set(self.states(*plan).values()), {"done"}, self.logs())

    def test_srun_starts_the_ranks_of_one_training(self):
        command = ["srun", "--quiet", "--ntasks=2", *self.command("run", "--recipe", "tiny.toml", "--quantizer", "dsq")]
        done = subprocess.run(command, cwd=self.folder, env=self.environment(MASTER_ADDR="127.0.0.1"), capture_output=True,
                              text=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("top-1 %"), 1, "rank 0 speaks for both")
        self.assertEqual([row["ranks"] for row in self.rows()], ["2"])

    def test_an_array_beyond_the_clusters_limit_says_how_to_pack_it(self):
        done = self.dsqbench("submit", "slurm", "run", "--recipe", "tiny.toml", "--quantizer", "ste", "--seeds", "0..64",
                             expect=2)
        self.assertIn("MaxArraySize, 64; put more runs into one with --pack, 2 times as many", done.stderr)
        self.assertEqual([path.name for path in self.folder.glob("runs/slurm/*")], [".lock"])

    def test_without_slurm_it_says_so_and_still_prints_the_scripts(self):
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "env").symlink_to(shutil.which("env"))
        path = str(self.folder / "bin")
        plan = ["submit", "slurm", "run", "--recipe", "tiny.toml", "--quantizer", "ste"]
        done = self.dsqbench(*plan, expect=69, PATH=path)
        self.assertIn("there is no squeue on this machine; submit from a machine of the cluster", done.stderr)
        self.assertIn("stage-2.sh", self.dsqbench(*plan, "--dry-run", PATH=path).stdout)
        self.dsqbench(*plan, "--collect", expect=75, PATH=path)


if __name__ == "__main__":
    missing = missing_programs()
    if missing:
        print(f"skipped: Slurm is not installed, {', '.join(missing)} missing; scripts/install test", file=sys.stderr)
        if os.environ.get("DSQBENCH_REQUIRE_ALL"):
            sys.exit(1)
        sys.exit(77)  # ctest counts it as skipped, and says so
    unittest.main()
