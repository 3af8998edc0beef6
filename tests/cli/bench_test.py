"""`dsqbench bench`: what it prints, keeps and refuses. No time is compared with anything: test machines are busy."""

import csv
import io
import json
import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from command import CommandTest

SHAPES = """description = "a small layer and its depth-wise sister"
[layers.small]
input = [9, 9, 32]
out_channels = 32
kernel = 3
padding = 1
goal = true
[layers.depthwise]
input = [9, 9, 32]
out_channels = 32
kernel = 3
groups = 32
[goals.w2a2]
against_int8 = 0.001
loop_roof = 100000
"""
QUICK = ("--samples", 2, "--rivals", "none")


class BenchTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.shapes = self.folder / "small.toml"
        self.shapes.write_text(SHAPES)
        self.home = {"XDG_CACHE_HOME": str(self.folder / "cache")}

    def bench(self, *arguments, **options):
        return self.dsqbench("bench", "--shapes", self.shapes, *arguments, **{**self.home, **options})

    def rows_of(self, *arguments, **options):
        return json.loads(self.bench(*arguments, "--json", **options).stdout)["rows"]

    def test_rows_say_what_ran_and_that_it_was_right(self):
        rows = self.rows_of(*QUICK, "--bits", "2,4/8")
        self.assertEqual([(row["layer"], row["weight_bits"], row["activation_bits"]) for row in rows],
                         [("small", 2, 2), ("small", 4, 8), ("depthwise", 2, 2), ("depthwise", 4, 8)])
        for row in rows:
            self.assertEqual((row["kind"], row["method"], row["check"]), ("kernel", "measured", "passed"))
            self.assertGreater(row["median_ns"], 0)
            self.assertGreaterEqual(row["median_ns"], row["p10_ns"])
            self.assertGreaterEqual(row["p10_ns"], row["minimum_ns"])
            self.assertLessEqual(row["real_macs"], row["nominal_macs"])
            self.assertIn("--layer " + row["layer"], row["command"])

    def test_formats_agree(self):
        self.assertIn("small", self.bench(*QUICK, "--layer", "small", "--bits", 2).stdout)
        self.assertIn("| small | W2A2 |", self.bench(*QUICK, "--layer", "small", "--bits", 2, "--format", "md").stdout)
        lines = list(csv.DictReader(io.StringIO(self.bench(*QUICK, "--layer", "small", "--format", "csv").stdout)))
        self.assertEqual([line["weight_bits"] for line in lines], ["1", "2", "3", "4", "8"])
        rows = [json.loads(line) for line in self.bench(*QUICK, "--format", "jsonl").stdout.splitlines()]
        self.assertEqual(len(rows), 10)

    @unittest.skipUnless("avx2" in Path("/proc/cpuinfo").read_text(), "only AVX2's kernels have a loop for their roof")
    def test_a_goal_out_of_reach_is_missed(self):
        table = self.bench(*QUICK, "--layer", "small", "--bits", 2, "--isa", "avx2").stdout
        self.assertIn("missed", table)  # no kernel reaches a thousand times its roof

    def test_every_kernel_is_checked_or_says_why_not(self):
        rows = self.rows_of(*QUICK, "--layer", "small", "--bits", "2", "--kernel", "all")
        self.assertIn("reference/scalar", [row["variant"] for row in rows])
        for row in rows:
            if row["check"] == "skipped":
                self.assertTrue(row["check_reason"], row)
                self.assertNotIn("median_ns", row)
            else:
                self.assertEqual(row["check"], "passed", row)

    def test_isa_forces_the_choice(self):
        for row in self.rows_of(*QUICK, "--isa", "baseline"):
            self.assertEqual((row["instruction_set"], row["held_to"]), ("baseline", "baseline"))
        self.assertNotIn("held_to", self.rows_of(*QUICK, "--layer", "small", "--bits", 2)[0])

    def test_rivals_are_named_with_their_implementation_or_their_absence(self):
        done = self.bench("--samples", 2, "--layer", "small", "--bits", 2, "--json")
        rows = json.loads(done.stdout)["rows"]
        rivals = [row for row in rows if "instruction_set" not in row]
        for library in ("onednn", "xnnpack", "gemmlowp"):
            present = any(row["variant"].startswith(library + "/") for row in rivals)
            self.assertTrue(present or f"no rival {library}" in done.stderr, library)
        for row in rivals:
            if row["variant"].startswith("onednn/"):
                self.assertTrue(row.get("implementation"), row)
                # On a busy machine every sample of a rival can be disturbed: such a one has no ratio.
                ratios = json.loads(rows[0].get("rival_ratios", "{}"))
                self.assertEqual(row["variant"] in ratios, row["samples"] > 0, row)

    def test_stores_rows_once_a_commit_and_only_when_asked(self):
        self.bench(*QUICK, "--layer", "small", "--bits", 2)
        self.assertEqual(self.rows(), [])
        for _ in range(2):
            self.bench(*QUICK, "--layer", "small", "--bits", "2,3", "--results", "results")
        self.assertEqual(len(self.rows()), 2)
        self.bench(*QUICK, "--layer", "small", "--bits", 2, "--isa", "baseline", "--results", "results")
        self.assertEqual([row.get("held_to") for row in self.rows()], [None, None, "baseline"])
        self.bench(*QUICK, "--layer", "small", "--bits", 2, "--cold", "--results", "results")
        self.assertEqual(self.rows()[-1]["cache"], "cold")
        for row in self.rows():  # two samples are no measurement
            self.assertFalse(row["publishable"])

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "needs two processors")
    def test_threads_compute_the_same_and_say_how_well_they_do(self):
        for row in self.rows_of(*QUICK, "--layer", "small", "--bits", "2,8", "--threads", 2):
            self.assertEqual((row["threads"], row["check"]), (2, "passed"))
            self.assertIn("--threads 2", row["command"])
            if row["samples"] > 0:
                self.assertGreater(row.get("thread_efficiency", 1), 0)

    def test_more_threads_than_processors_are_refused(self):
        done = self.bench(*QUICK, "--threads", 1024, expect=69)
        self.assertIn("or fewer", done.stderr)

    def test_measured_costs_choose_the_kernel(self):
        costs = self.folder / "costs.txt"
        done = self.bench("--rivals", "none", "--samples", 12, "--layer", "small", "--bits", "2", "--tune", costs)
        self.assertIn("fastest", done.stderr)
        lines = costs.read_text().splitlines()
        head, entries = lines[:2], [line.split("\t") for line in lines[2:]]
        self.assertEqual(head[0], "dsqbench kernel costs 2")
        self.assertTrue(head[1].startswith("processor\t"))
        self.assertNotIn("reference/scalar", [kernel for _, kernel, _ in entries])
        if not entries:
            self.skipTest("no undisturbed sample")
        # Whatever the table calls the fastest is what runs.
        problem = entries[0][2]
        costs.write_text("\n".join([*head, f"1\treference/scalar\t{problem}", ""]))
        chosen = self.rows_of(*QUICK, "--layer", "small", "--bits", "2", "--costs", costs)
        self.assertEqual([row["variant"] for row in chosen], ["reference/scalar"])
        # Another kernel's costs are added to those of this one.
        self.bench("--rivals", "none", "--samples", 12, "--layer", "small", "--bits", "2", "--tune", costs)
        self.assertIn(f"1\treference/scalar\t{problem}", costs.read_text().splitlines())
        # Another processor's say nothing about this one.
        costs.write_text(f"{head[0]}\nprocessor\tElsewhere 1/2\n")
        for option in ("--costs", "--tune"):
            done = self.bench(*QUICK, "--layer", "small", "--bits", "2", option, costs, expect=2)
            self.assertIn("Elsewhere 1/2", done.stderr)

    def test_costs_are_those_of_one_thread_and_warm_caches(self):
        done = self.bench(*QUICK, "--cold", "--tune", self.folder / "costs.txt", expect=2)
        self.assertIn("without --cold", done.stderr)

    def test_damaged_costs_are_an_error_that_names_the_line(self):
        costs = self.folder / "costs.txt"
        for content in ("", "dsqbench kernel costs 1\n", "dsqbench kernel costs 2\nx\n"):
            costs.write_text(content)
            self.assertIn("line", self.bench(*QUICK, "--costs", costs, expect=2).stderr)
            self.assertIn("line", self.bench(*QUICK, "--layer", "small", "--bits", 2, "--tune", costs, expect=2).stderr)
        self.bench(*QUICK, "--costs", self.folder / "none.txt", expect=4)

    def test_refuses_with_advice(self):
        for arguments, code, words in (
                (("--bits", "9"), 2, "no pair of bits"), (("--kernel", "avx3/x"), 2, "unknown kernel"),
                (("--isa", "sse"), 2, "unknown instruction set"), (("--rivals", "mkl"), 2, "unknown rival"),
                (("--layer", "smal"), 2, "did you mean 'small'"), (("--format", "xml"), 2, "--format")):
            self.assertIn(words, self.bench(*arguments, expect=code).stderr)
        self.assertIn("unknown shape list", self.dsqbench("bench", "--shapes", "resnet17", expect=3).stderr)

    def test_a_damaged_or_unwritable_record_of_the_probe_is_passed_over(self):
        for content in ("", "nan", "1e999", "-3", "x" * 1000):
            for record in (self.folder / "cache/dsqbench").glob("*"):
                record.write_text(content)
            self.bench(*QUICK, "--layer", "small", "--bits", 2)
        self.bench(*QUICK, "--layer", "small", "--bits", 2, XDG_CACHE_HOME="/proc/nowhere")

    def test_ls_names_every_kernel_and_whether_it_runs_here(self):
        listed = {line["name"]: line["summary"] for line in self.json_of("ls", "kernels")}
        rows = self.rows_of(*QUICK, "--layer", "small", "--bits", "2", "--kernel", "all")
        self.assertEqual([row["variant"] for row in rows], list(listed))
        for row in rows:
            lacks = "which this processor lacks" in row.get("check_reason", "")
            self.assertEqual("unexecuted here" in listed[row["variant"]], lacks, row)

    def test_validate_knows_lists_of_shapes(self):
        listed = self.json_of("validate", Path(__file__).resolve().parents[2] / "recipes/kernels/resnet18.toml")
        self.assertEqual([entry["ok"] for entry in listed], [True])
        kernels = self.folder / "kernels"
        kernels.mkdir()
        (kernels / "bad.toml").write_text(SHAPES + "[layers.x]\nstrid = 2\n")
        done = self.dsqbench("validate", kernels / "bad.toml", expect=3)
        self.assertIn("did you mean 'stride'", done.stdout)


unittest.main()
