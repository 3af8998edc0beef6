"""`dsqbench run` started as several ranks of one training, by torchrun, by mpirun and by hand."""

import json
import os
import random
import signal
import socket
import subprocess
import time
import unittest

from command import CommandTest

# Debian's PyTorch, whatever python3 comes first in PATH.
PYTHON = "/usr/bin/python3"
# Fifty epochs of one step: metrics.jsonl then has the loss of every step.
STEPS = ["run", "--recipe", "synthetic_r8_w2a2", "--set", "training.epochs=50", "--set", "training.batch_size=64",
         "--set", "data.train_images=64", "--set", "augment.pad=0", "--set", "augment.flip=false",
         "--set", "tricks.pretrain=false", "--set", "training.learning_rate=0.02"]
TINY = ["run", "--recipe", "synthetic_r8_w2a2", "--quantizer", "dsq"]
LONG = [*TINY, "--set", "training.epochs=30", "--checkpoint-seconds", "0"]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Ranks(CommandTest):
    def start_ranks(self, count, *arguments):
        """As mpirun would: the same command, each with its number."""
        port, ranks = str(free_port()), []
        for rank in range(count):
            environment = self.environment(OMPI_COMM_WORLD_RANK=str(rank), OMPI_COMM_WORLD_SIZE=str(count), MASTER_PORT=port)
            ranks.append(subprocess.Popen(self.command(*arguments), cwd=self.folder, env=environment, text=True,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True))
            self.addCleanup(self.kill_group, ranks[-1])
        return ranks

    def finish(self, ranks, expect=0, timeout=600):
        texts = [rank.communicate(timeout=timeout) for rank in ranks]
        self.assertEqual({rank.returncode for rank in ranks}, {expect}, texts)
        return texts

    def run_folder(self, runs, label):
        (folder,) = (self.folder / runs / "synthetic_r8_w2a2").glob(f"{label}-s*")
        return folder

    def metrics(self, runs, label, event="epoch"):
        lines = (self.run_folder(runs, label) / "metrics.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def test_two_ranks_have_the_losses_of_one_for_fifty_steps(self):
        steps = [*STEPS, "--quantizer", "fp32", "ste", "dsq"]
        self.dsqbench(*steps, "--runs-dir", "one", "--results", "one-results")
        texts = self.finish(self.start_ranks(2, *steps, "--runs-dir", "two"))
        # A rounding that moves an activation or a weight to another code is more than a rounding from there on.
        for quantizer, near in {"fp32": 1e-4, "ste": 0.02, "dsq": 0.02}.items():
            one, two = [[line["train_loss"] for line in self.metrics(runs, quantizer)] for runs in ["one", "two"]]
            self.assertEqual(len(one), 50)
            for step, (alone, together) in enumerate(zip(one, two, strict=True)):
                self.assertAlmostEqual(together / alone, 1, delta=near if step else 1e-6, msg=f"{quantizer}, step {step}")
            self.assertNotEqual(one, two, "two ranks round otherwise; equal bits would mean that only one has trained")
        self.assertIn("top-1", texts[0][0])
        self.assertEqual(texts[1][0], "", "one rank speaks for all")
        self.assertEqual({(row["ranks"], row["test_images"]) for row in self.rows()}, {("2", 256)}, "each image once")
        self.assertEqual(len(self.rows()), 3)

    def expect_one_training_of_two_ranks(self, command, **environment):
        done = subprocess.run(command, cwd=self.folder, env=self.environment(**environment), capture_output=True, text=True,
                              timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        (comparison,) = json.loads(done.stdout)
        self.assertEqual([line["label"] for line in comparison["contenders"]], ["dsq"])
        self.assertEqual([row["ranks"] for row in self.rows()], ["2"])

    def test_torchrun_starts_ranks(self):
        # stderr goes to files too: without any redirection the launcher of PyTorch 1.13 fails under Python 3.11. The
        # launcher of Debian's PyTorch 2 asks for libuv, which that is built without, unless it keeps to files.
        command = [PYTHON, "-m", "torch.distributed.run", "--no_python", "--nproc_per_node", "2", "--rdzv_backend", "c10d",
                   "--rdzv_conf", "store_type=file", "--rdzv_endpoint", str(self.folder / "rendezvous"), "--redirects", "2", "--tee", "2",
                   "--log_dir", str(self.folder / "log"), *self.command(*TINY, "--json")]
        self.expect_one_training_of_two_ranks(command, TORCH_DISABLE_SHARE_RDZV_TCP_STORE="1")

    def test_mpirun_starts_ranks(self):
        # On a machine without ssh, Open MPI wants to be told that it needs none.
        command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", *self.command(*TINY, "--json")]
        no_ssh = ("OMPI_MCA_plm_rsh_agent", "OMPI_MCA_plm_ssh_agent", "PRTE_MCA_plm_ssh_agent")
        self.expect_one_training_of_two_ranks(command, **dict.fromkeys(no_ssh, "/bin/false"))

    def test_a_killed_rank_ends_all_and_another_number_of_ranks_goes_on(self):
        ranks = self.start_ranks(2, *LONG)
        self.wait_for_checkpoint(ranks[0])
        time.sleep(random.uniform(0, 1))
        os.killpg(ranks[1].pid, signal.SIGKILL)
        ranks[1].communicate(timeout=60)
        _, error = ranks[0].communicate(timeout=120)
        self.assertEqual(ranks[0].returncode, 1, error)
        self.assertIn("another rank is gone", error)
        self.dsqbench(*LONG)
        (row,) = self.rows()
        self.assertEqual((row["ranks"], row["outcome"]), ("2, 1", "finished"))
        self.assertEqual([line["ranks"] for line in self.metrics("runs", "dsq", "ranks")], [2, 1])
        epochs = [line["epoch"] for line in self.metrics("runs", "dsq")]
        self.assertEqual(epochs, list(range(1, len(epochs) + 1)))

    def test_a_signal_to_one_rank_stops_all_at_a_checkpoint(self):
        ranks = self.start_ranks(2, *LONG)
        self.wait_for_checkpoint(ranks[0])
        ranks[1].send_signal(signal.SIGTERM)
        self.finish(ranks, expect=75)
        self.finish(self.start_ranks(2, *LONG))
        self.assertEqual([row["ranks"] for row in self.rows()], ["2"])

    def test_batch_norm_of_each_part_is_another_protocol(self):
        local = [*TINY, "--set", "training.sync_batch_norm=false"]
        self.finish(self.start_ranks(2, *local))
        self.finish(self.start_ranks(2, *TINY))
        one, other = self.rows()
        self.assertNotEqual(one["protocol_id"], other["protocol_id"])
        self.assertNotEqual(one["loss"], other["loss"])

    def test_what_cannot_be_is_refused(self):
        texts = self.finish(self.start_ranks(3, *TINY, "--set", "training.batch_size=64"), expect=2)
        self.assertIn("a batch of 64 does not divide among 3 ranks", texts[0][1])
        self.dsqbench(*TINY, expect=2, RANK="2", WORLD_SIZE="2")


if __name__ == "__main__":
    unittest.main()
