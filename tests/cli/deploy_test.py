"""`dsqbench deploy` without a training run: random networks, files, images, and what goes wrong."""

import hashlib
import json
import os
import platform
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(os.environ["DSQBENCH_PROGRAM"]).resolve()


def write_safetensors(path, tensors):
    """tensors: name -> (dtype, shape, bytes)"""
    header, data = {}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def some_images(count, size):
    stream = b""
    while len(stream) < count * size:
        stream += hashlib.sha256(len(stream).to_bytes(8, "little")).digest()
    return stream[: count * size]


class Deploy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def dsqbench(self, *arguments, expect=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=300, env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def json_of(self, *arguments):
        return json.loads(self.dsqbench(*arguments, "--json").stdout)

    def write_network(self, *options):
        self.dsqbench("deploy", "--random", "tiny", *options, "--output", "net.safetensors", "--samples", "0")

    def write_images(self, count=3):
        pixels = 2 * 9 * 10
        write_safetensors(self.folder / "x.safetensors", {
            "images": ("U8", [count, 2, 9, 10], some_images(count, pixels)),
            "labels": ("I32", [count], struct.pack(f"<{count}i", *([1] * count)))})

    def test_a_network_is_measured_beside_the_rivals_and_says_that_its_weights_are_random(self):
        found = self.json_of("deploy", "--random", "tiny", "--bits", "1,2,4/2", "--samples", "2")
        ours = [row for row in found["rows"] if row["variant"] == "dsqbench"]
        self.assertEqual([(row["weight_bits"], row["activation_bits"]) for row in ours], [(1, 1), (2, 2), (4, 2)])
        for row in ours:
            self.assertEqual(row["kind"], "network")
            self.assertEqual(row["weights"], "random")
            self.assertEqual(row["check"], "passed", row)
            self.assertGreater(row["median_ns"], 0)
            self.assertNotIn("integer_top1", row)
            steps = json.loads(row["step_times"])
            self.assertIn("layer2.0.downsample.0", [step["name"] for step in steps])
        text = self.dsqbench("deploy", "--random", "tiny", "--samples", "2", "--steps").stdout
        for word in ["random weights", "W2A2", "layer1.0.conv2"]:
            self.assertIn(word, text)

    def test_rows_are_stored_once_a_commit(self):
        for added in (1, 0):
            done = self.dsqbench("deploy", "--random", "tiny", "--samples", "1", "--rivals", "none", "--results", "r")
            self.assertIn(f"{added} of 1 rows added", done.stderr)

    def test_the_file_gives_the_same_logits_on_every_kernel_batch_and_number_of_threads(self):
        for grids in ("symmetric", "half-step", "affine"):
            self.write_network("--grids", grids)
            self.write_images()
            hashes = set()
            for options in [[], ["--kernel", "reference/scalar"], ["--isa", "baseline"], ["--batch", "2", "--threads", "2"]]:
                found = self.json_of("deploy", "--file", "net.safetensors", "--input", "x.safetensors", *options)
                self.assertEqual(len(found["predictions"]), 3)
                self.assertIn("top1", found)
                hashes.add(found["logits_sha256"])
            self.assertEqual(len(hashes), 1, grids)

    def expect_error(self, code, words, *arguments):
        done = self.dsqbench("deploy", *arguments, expect=code)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_damaged_files_are_exit_code_4(self):
        self.write_network()
        whole = (self.folder / "net.safetensors").read_bytes()
        (self.folder / "bad").write_bytes(whole[:-1])
        self.expect_error(4, ["bad", "not a valid"], "--file", "bad")
        (self.folder / "bad").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.expect_error(4, ["checksum"], "--file", "bad")
        (self.folder / "bad").write_bytes(b"")
        self.expect_error(4, ["bad"], "--file", "bad")
        self.write_images()
        self.expect_error(4, ["another safetensors file"], "--file", "x.safetensors")
        self.expect_error(4, ["missing"], "--file", "missing")

    def test_images_of_another_kind_are_exit_code_4(self):
        self.write_network()
        for name, tensors in {"size": {"images": ("U8", [1, 2, 9, 9], bytes(162))},
                              "type": {"images": ("I8", [1, 2, 9, 10], bytes(180))},
                              "none": {"pictures": ("U8", [1, 2, 9, 10], bytes(180))},
                              "empty": {"images": ("U8", [0, 2, 9, 10], b"")},
                              "labels": {"images": ("U8", [1, 2, 9, 10], bytes(180)),
                                         "labels": ("I32", [2], bytes(8))}}.items():
            write_safetensors(self.folder / name, tensors)
            self.expect_error(4, [name], "--file", "net.safetensors", "--input", name)

    def test_a_wrong_command_line_is_exit_code_2(self):
        self.expect_error(2, ["nothing to deploy"])
        self.expect_error(2, ["one network"], "--random", "tiny", "--bits", "1,2", "--output", "x")
        self.expect_error(2, ["bits"], "--random", "tiny", "--bits", "9")
        self.expect_error(2, ["did you mean"], "--random", "tiny", "--rivals", "onednn/network_u8s9")

        self.expect_error(2, ["did you mean"], "--random", "tiny", "--kernel", "portable/dot_produkt")
        self.expect_error(2, ["--random"], "--file", "net.safetensors", "--bits", "2")
        self.expect_error(2, ["--limit-images"], "--random", "tiny", "--limit-images", "-1")
        self.expect_error(2, ["needs a run"], "--random", "tiny", "--limit-images", "5")
        self.expect_error(2, ["--input"], "--file", "net.safetensors", "--input", "x", "--results", "r")
        self.expect_error(2, ["--samples 0"], "--random", "tiny", "--plot", "p.svg", "--samples", "0")
        for picture in ("p.xyz", "p", "p.svg/"):
            self.expect_error(2, ["--plot", ".png, .svg, .pdf"], "--random", "tiny", "--plot", picture)

    def test_a_batch_that_no_tensor_holds_is_exit_code_2(self):
        self.expect_error(2, ["smaller --batch"], "--random", "resnet18", "--batch", "4096", "--rivals", "none")

    def test_what_this_processor_does_not_have_is_exit_code_69(self):
        self.expect_error(69, ["no neon" if platform.machine() == "x86_64" else "no avx2"], "--random", "tiny",
                          "--isa", "neon" if platform.machine() == "x86_64" else "avx2")
        self.expect_error(69, ["--threads"], "--random", "tiny", "--threads", "1000")

    def test_every_batch_and_number_of_threads_is_a_row_with_the_command_that_repeats_it(self):
        threads = sorted({1, min(2, len(os.sched_getaffinity(0)))})
        rows = self.json_of("deploy", "--random", "tiny", "--samples", "2", "--rivals", "none", "--kernel",
                            "portable/dot_product", "--batch", "1,3", "--threads", ",".join(map(str, threads)))["rows"]
        self.assertEqual([(row["batch"], row["threads"]) for row in rows],
                         [(batch, count) for batch in (1, 3) for count in threads])
        for row in rows:
            (again,) = self.json_of(*row["command"].split()[1:], "--rivals", "none")["rows"]
            for field in ("network", "label", "batch", "threads", "grids", "kernel_choice", "weight_bits"):
                self.assertEqual(again[field], row[field])
            # What stays, what a layer needs at a time, and what passes between layers.
            self.assertEqual(row["memory_bytes"] > row["activation_bytes"] + row["scratch_bytes"], True)
            self.assertGreater(row["activation_bytes"], 0)

    def test_rows_that_differ_in_grids_or_in_the_choice_of_kernels_are_both_kept(self):
        once = ["--samples", "1"]
        for options in (once, [*once, "--grids", "affine"], [*once, "--kernel", "reference/scalar"],
                        [*once, "--kernel", "measured"], ["--samples", "0"]):
            done = self.dsqbench("deploy", "--random", "tiny", "--rivals", "none", "--results", "r", *options)
            self.assertIn("1 of 1 rows added", done.stderr, options)

    def test_few_samples_are_not_publishable(self):
        (row,) = self.json_of("deploy", "--random", "tiny", "--samples", "1", "--rivals", "none")["rows"]
        self.assertFalse(row["publishable"])

    def test_the_picture_is_drawn(self):
        done = subprocess.run([PROGRAM, "deploy", "--random", "tiny", "--samples", "2", "--bits", "1,2", "--plot",
                               "p.svg"], cwd=self.folder, capture_output=True, text=True, timeout=300,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        self.assertIn("W2A2", done.stdout, "printed before it is drawn")
        if done.returncode == 69 and "matplotlib" in done.stderr:
            self.skipTest("no matplotlib")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("<svg", (self.folder / "p.svg").read_text())


if __name__ == "__main__":
    unittest.main()
