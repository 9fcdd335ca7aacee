"""Golden files of safetensors, and of weights that PyTorch and this library exchange.

The format is written and read here by hand, so that nothing of the library's own code stands on both sides.
Made with PyTorch 1.13 and NumPy 1.24; from this folder:

    python3 pytorch.py make     writes dtypes.safetensors, pytorch.safetensors and pytorch-example.safetensors
    python3 pytorch.py answer   reads functional.safetensors, which the library wrote, and writes what PyTorch
                                computes with these weights to functional-example.safetensors
"""

import json
import struct
import sys

import torch

NAMES = {
    torch.uint8: "U8",
    torch.int32: "I32",
    torch.int64: "I64",
    torch.float32: "F32",
    torch.float64: "F64",
    torch.bool: "BOOL",
    torch.bfloat16: "BF16",
}


def bits(tensor):
    """The bytes of a tensor, little-endian, row by row."""
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.contiguous().view(torch.int16)
    return tensor.contiguous().numpy().tobytes()


def write(path, tensors, notes=None):
    header, data = {}, b""
    if notes:
        header["__metadata__"] = notes
    for name, tensor in tensors.items():
        start = len(data)
        data += bits(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), bytearray(file.read())
    header.pop("__metadata__", None)
    kinds = {name: dtype for dtype, name in NAMES.items()}
    found = {}
    for name, entry in header.items():
        start, stop = entry["data_offsets"]
        found[name] = torch.frombuffer(data[start:stop], dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    return found


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 3, 3)
        self.bn = torch.nn.BatchNorm2d(3)
        self.fc = torch.nn.Linear(48, 5)

    def forward(self, x):
        return self.fc(torch.relu(self.bn(self.conv(x))).flatten(1))


def make():
    torch.manual_seed(1)
    inf, nan = float("inf"), float("nan")
    write(
        "dtypes.safetensors",
        {
            "u8": torch.tensor([0, 127, 255], dtype=torch.uint8),
            "bool": torch.tensor([[True, False], [False, True]]),
            "i32": torch.tensor([[-(2**31), 2**31 - 1]], dtype=torch.int32),
            "i64": torch.tensor([-(2**63), 0, 2**63 - 1]),
            "f32": torch.tensor([[1.5, -0.0, inf], [-inf, nan, 2.0**-149]]),
            "f64": torch.tensor([0.1, 2.0**-1074, -1e308], dtype=torch.float64),
            "bf16": torch.tensor([1.0, -3.140625, 1e38]).bfloat16(),
            "scalar": torch.tensor(2.5),
            "empty": torch.zeros(0, 3),
            "turned": torch.arange(6.0).reshape(2, 3).t(),
            "a.b/\u00fc \"q\"": torch.tensor([7], dtype=torch.int64),
        },
        {"format": "pt", "who": "\u4f60\u597d"},
    )
    network = Network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        network(torch.randn(8, 1, 6, 6)).square().mean().backward()
        optimizer.step()
    write("pytorch.safetensors", {name: value.detach() for name, value in network.state_dict().items()}, {"format": "pt"})
    example(network, "pytorch-example.safetensors")


def answer():
    network = Network()
    network.load_state_dict(read("functional.safetensors"), strict=False)
    example(network, "functional-example.safetensors")


def example(network, path):
    network.eval()
    x = torch.randn(4, 1, 6, 6, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        y = network(x)
    write(path, {"input": x, "output": y})
    print(path, y)


if __name__ == "__main__":
    {"make": make, "answer": answer}[sys.argv[1]]()
