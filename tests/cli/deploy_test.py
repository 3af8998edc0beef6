"""`dsqbench deploy` without a training run: random networks, files, images, and what goes wrong."""

import hashlib
import json
import os
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

    def test_a_missing_kernel_or_instruction_set_is_exit_code_69(self):
        self.expect_error(69, ["unknown kernel"], "--random", "tiny", "--kernel", "avx2/none")


if __name__ == "__main__":
    unittest.main()
