#!/usr/bin/env python3
"""Are the result rows of a quick start what it promises? Used by scripts/check_release.

    check_quickstart.py RESULTS_FOLDER
"""

import json
import pathlib
import sys

LEAST_TOP1 = {"fp32": 89.0}  # what a width-8 ResNet-8 reaches within the quick start
LEAST_TOP1_OF_OTHERS = 82.0  # below, a 2-bit contender is broken rather than weak
EXPECTED = {"fp32", "ste", "dorefa", "pact", "dsq"}
TEST_IMAGES = 10000  # all of Fashion-MNIST's


def complaints(rows):
    missing = EXPECTED - {row["label"] for row in rows}
    if missing:
        yield f"no row of {', '.join(sorted(missing))}"
    for row in rows:
        least = LEAST_TOP1.get(row["label"], LEAST_TOP1_OF_OTHERS)
        if row["outcome"] != "finished" or row["top1"] < least:
            yield f"{row['label']}: {row['outcome']}, top-1 {row.get('top1')} % (at least {least} % is expected)"
        if row["evaluated_on"] != "test" or row["test_images"] != TEST_IMAGES or not row["publishable"]:
            yield f"{row['label']}: not an evaluation on the {TEST_IMAGES} test images"


def main():
    files = sorted(pathlib.Path(sys.argv[1]).rglob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    for row in rows:
        print(f"{row['label']:<14} top-1 {row.get('top1')} %")
    found = list(complaints(rows))
    if found:
        sys.exit("\n".join(found))


main()
