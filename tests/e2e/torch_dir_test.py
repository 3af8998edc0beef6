"""CMake and a LibTorch from elsewhere: what cannot be linked is refused with what to do."""

import subprocess
import unittest

from command import SOURCE, CommandTest


class TorchDir(CommandTest):
    def configure(self, *config):
        folder = self.folder / "torch"
        folder.mkdir()
        (folder / "TorchConfig.cmake").write_text("\n".join(config) + "\n")
        return subprocess.run(["cmake", "-G", "Ninja", "-S", SOURCE, "-B", self.folder / "build", f"-DTorch_DIR={folder}",
                               "-DBUILD_TESTING=OFF"], capture_output=True, text=True, timeout=300)

    def test_libtorch_of_the_old_abi_is_refused(self):
        done = self.configure("set(TORCH_FOUND TRUE)", 'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=0")')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("take 2.7 or later from pip", " ".join(done.stderr.split()))

    def test_libtorch_of_torch_dir_is_the_one_that_is_used(self):
        real = "add_library(torch INTERFACE)\nset(TORCH_LIBRARIES torch)\nset(TORCH_INCLUDE_DIRS /elsewhere/include)"
        done = self.configure("set(TORCH_FOUND TRUE)", 'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=1")', real)
        self.assertEqual(done.returncode, 0, done.stderr)
        commands = (self.folder / "build/compile_commands.json").read_text()
        self.assertIn("/elsewhere/include", commands)


if __name__ == "__main__":
    unittest.main()
