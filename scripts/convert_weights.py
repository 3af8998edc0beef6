#!/usr/bin/env python3
"""A state_dict that PyTorch saved, as a safetensors file for `dsqbench run --weights`.

    scripts/convert_weights.py IN.pth OUT.safetensors [--key state_dict] [--strip-prefix module.]

Reads what `dsqbench` itself does not: files of PyTorch before 1.6, and checkpoints that hold more than weights. PyTorch's
loader is told to load weights only, so that a file from a stranger runs nothing here either.
"""

import argparse
import json
import os
import struct
import sys


def fail(message):
    sys.exit(f"convert_weights.py: {message}")


def state_of(loaded, key):
    for part in key.split(".") if key else []:
        if not isinstance(loaded, dict) or part not in loaded:
            fail(f"no '{part}' in the file")
        loaded = loaded[part]
    if not isinstance(loaded, dict):
        fail(f"holds a {type(loaded).__name__}, not a dict of tensors")
    return loaded


def stripped(state, prefix):
    """Every key without the prefix, which all of them must have."""
    others = [name for name in state if not name.startswith(prefix)]
    if others:
        fail(f"without the prefix '{prefix}': {', '.join(others[:5])}")
    return {name[len(prefix):]: tensor for name, tensor in state.items()}


def write(path, tensors, types):
    """The safetensors format: 8 bytes of length, a header of JSON, the data."""
    header, data, end = {}, [], 0
    for name, tensor in sorted(tensors.items()):
        raw = tensor.detach().contiguous().view(-1).view(types["bytes"]).numpy().tobytes() if tensor.numel() else b""
        header[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [end, end + len(raw)]}
        data.append(raw)
        end += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    temporary = f"{path}.{os.getpid()}.part"
    with open(temporary, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data)
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--key", default="", help="where in the file the weights are: state_dict, or model.state")
    parser.add_argument("--strip-prefix", default="", help="cut off the front of every name: module.")
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError:
        fail("needs PyTorch: apt-get install python3-torch, and run with /usr/bin/python3")
    types = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
             torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
             "bytes": torch.uint8}
    try:
        loaded = torch.load(arguments.source, map_location="cpu", weights_only=True)
    except Exception as error:  # PyTorch raises a dozen kinds; its advice is to run what the file says
        fail(f"{arguments.source}: {str(error).rsplit('error: ')[-1]}")
    state = stripped(state_of(loaded, arguments.key), arguments.strip_prefix)
    for name, tensor in state.items():
        if not isinstance(tensor, torch.Tensor) or tensor.dtype not in types:
            fail(f"'{name}' is no tensor that safetensors can hold" + ("" if arguments.key else "; give --key?"))
    write(arguments.target, state, types)
    print(f"{arguments.target}: {len(state)} tensors")


if __name__ == "__main__":
    main()
