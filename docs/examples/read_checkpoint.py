"""Lists the tensors of a safetensors file: name, type, shape, and the sum of its numbers.

    python3 read_checkpoint.py checkpoints/ddpg-context-seed1/checkpoint-000020/agent.safetensors

Plain Python, to show the format. With PyTorch it is one line: safetensors.torch.load_file(path).
"""
import json
import struct
import sys

# Code of the struct module for each type; None where struct has none.
TYPES = {"F64": "d", "F32": "f", "F16": "e", "BF16": None, "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U8": "B", "BOOL": "?"}


def read(path):
    """From names to (type, shape, numbers in row-major order)."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        if entry["dtype"] == "BF16":  # The upper half of a 32-bit float.
            halves = struct.unpack(f"<{(end - begin) // 2}H", data[begin:end])
            numbers = [struct.unpack("<f", struct.pack("<I", half << 16))[0] for half in halves]
        else:
            code = TYPES[entry["dtype"]]
            numbers = struct.unpack(f"<{(end - begin) // struct.calcsize('<' + code)}{code}", data[begin:end])
        tensors[name] = entry["dtype"], entry["shape"], numbers
    return tensors


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 read_checkpoint.py FILE.safetensors")
    for name, (kind, shape, numbers) in sorted(read(sys.argv[1]).items()):
        print(name, kind, shape, sum(numbers))
