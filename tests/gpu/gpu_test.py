"""The end-to-end tests whose answer a device can change, on a GPU. CMake registers them with the kernels for GPUs."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

import ranks_test
import run_test


class OnGpu:
    def command(self, *arguments):
        return super().command(*arguments, *(["--device", "cuda"] if arguments[0] == "run" else []))


class Run(OnGpu, run_test.Run):
    def test_all_contenders_train_on_the_gpu(self):
        self.dsqbench(*run_test.TINY, timeout=600)
        rows = self.rows()
        self.assertEqual({row["label"] for row in rows}, {"fp32", "ste", "dorefa", "pact", "dsq"})
        self.assertEqual({row["device"].split(",")[0] for row in rows}, {"cuda:0"})
        for row in rows:
            self.assertGreater(row["top1"], 20.0, row["label"])  # ten classes: chance is 10 %

    def test_float16_killed_at_a_random_moment_ends_bit_identical(self):
        options = ["--set", "tricks.autocast.type=fp16"]
        whole = self.weights(*options)
        self.assertTrue(whole != self.weights("--set", "tricks.autocast.type=bf16"))
        half, brain = self.rows()
        self.assertAlmostEqual(half["loss"], brain["loss"], delta=0.1)
        self.assertTrue(whole == self.weights_after_a_kill(*options))


class Ranks(OnGpu, ranks_test.Ranks):
    """Over NCCL, which takes two ranks of one GPU when they say that they are on two machines."""

    def environment(self, **extra):
        rank = extra.get("OMPI_COMM_WORLD_RANK")
        names = {"NCCL_HOSTID": rank, "NCCL_SOCKET_IFNAME": "lo"} if rank else {}
        return super().environment(**names, **extra)


TESTS = {
    Run: ["all_contenders_train_on_the_gpu", "killed_at_random_moments_it_ends_bit_identical",
          "mixed_precision_killed_at_a_random_moment_ends_bit_identical", "float16_killed_at_a_random_moment_ends_bit_identical",
          "a_scaled_loss_changes_no_bit_and_steps_that_overflow_are_left_out",
          "channels_last_trains_to_the_same_within_roundings", "signals_stop_at_a_checkpoint_with_their_exit_codes"],
    Ranks: ["two_ranks_have_the_losses_of_one_for_fifty_steps", "a_signal_to_one_rank_stops_all_at_a_checkpoint",
            "batch_norm_of_each_part_is_another_protocol"],
}


def load_tests(*_):
    return unittest.TestSuite(case(f"test_{name}") for case, names in TESTS.items() for name in names)


if __name__ == "__main__":
    unittest.main()
