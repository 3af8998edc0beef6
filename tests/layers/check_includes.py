#!/usr/bin/env python3
"""Fails on an #include that goes up or sideways against the table of layers in docs/design.md.

    check_includes.py SOURCE_FOLDER              checks the tree
    check_includes.py SOURCE_FOLDER --self-test  shows that each rule can fail
"""

import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
TORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")
ROOTS = ("suite", "quantizers", "kernels")


class Layers:
    def __init__(self, document):
        self.direct, self.torch = {}, {}
        for line in document.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            folder = re.fullmatch(r"`((?:%s)[\w/]*)/`" % "|".join(ROOTS), cells[0])
            if folder and len(cells) == 4:
                self.direct[folder[1]] = cells[2]
                self.torch[folder[1]] = cells[3] == "yes"
        if not self.direct:
            raise SystemExit("docs/design.md: no table of layers found")

    def layer_of(self, path):
        known = [layer for layer in self.direct if path.startswith(layer + "/")]
        return max(known, key=len, default=None)

    def may_use(self, layer):
        text = self.direct[layer]
        if text == "everything":
            return set(self.direct)
        names = {} if text == "nothing" else {name.strip() for name in text.split(",")}
        uses = {known for known in self.direct if known.rsplit("/", 1)[-1] in names}
        if len(uses) != len(names):
            raise SystemExit(f"docs/design.md: '{layer}' may use an unknown layer: {text}")
        return {layer} | uses.union(*map(self.may_use, uses))

    def offence(self, path, target, is_quoted):
        layer = self.layer_of(path)
        if layer is None:
            return "this folder has no row in the table of layers of docs/design.md"
        if TORCH.match(target):
            return None if self.torch[layer] else f"{layer} is above the LibTorch line, yet includes <{target}>"
        if not is_quoted:
            return None
        other = self.layer_of(target)
        if other is None:
            return f'"{target}" is not a path from the root of the project to a header of a layer'
        return None if other in self.may_use(layer) else f"{layer} may not include {other} (\"{target}\")"


def includes_of(file):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] or found[2], found[1] is not None


def check(root):
    """All offences, as lines of text, and the number of includes read."""
    layers = Layers((root / "docs/design.md").read_text())
    offences, count = [], 0
    files = [file for name in ROOTS for file in sorted((root / name).rglob("*")) if file.suffix in (".h", ".cpp", ".cu")]
    for file in files:
        path = file.relative_to(root).as_posix()
        for number, target, is_quoted in includes_of(file):
            count += 1
            if "/" not in target and not (file.parent / target).exists():
                continue  # made by CMake in the build folder, as suite/record's commit.h, or a standard header
            offence = layers.offence(path, target, is_quoted)
            if offence:
                offences.append(f"{path}:{number}: {offence}")
    return offences, count


# Each a file that must be refused, with a word of the reason.
BAD_FILES = {
    "suite/core/upwards.cpp": ('#include "suite/recipe/recipe.h"', "may not include suite/recipe"),
    "suite/data/sideways.cpp": ('#include "suite/models/network.h"', "may not include suite/models"),
    "suite/report/torch.h": ("#include <ATen/ATen.h>", "above the LibTorch line"),
    "suite/unknown/file.cpp": ('#include "suite/core/error.h"', "has no row"),
    "suite/core/relative.cpp": ('#  include "relative.cpp"', "not a path from the root"),
}
GOOD_FILE = '#include <vector>\n#include "suite/core/error.h"\n#include "suite/record/row.h"\n#include <ATen/ATen.h>\n'


def self_test(root):
    document = (root / "docs/design.md").read_text()
    for path, (content, reason) in {**BAD_FILES, "suite/training/allowed.cpp": (GOOD_FILE, None)}.items():
        with tempfile.TemporaryDirectory() as name:
            tree = pathlib.Path(name)
            for file, text in ((tree / "docs/design.md", document), (tree / path, content)):
                file.parent.mkdir(parents=True)
                file.write_text(text)
            offences, _ = check(tree)
        if reason is None and offences or reason and not any(reason in offence for offence in offences):
            raise SystemExit(f"self-test: {path} gave {offences}, not {reason}")
    print(f"self-test: {len(BAD_FILES)} bad files refused, 1 good file accepted")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    if "--self-test" in sys.argv[2:]:
        return self_test(root)
    offences, count = check(root)
    if offences:
        raise SystemExit("\n".join(offences))
    if count == 0:
        raise SystemExit(f"no includes found below {root}")
    print(f"{count} includes follow the table of layers")


main()
