"""
The PyTorch worker with a stand-in for `torch.cuda`: what it asks of a card is written to standard error, and tensors stay in
memory. Graphs run their steps while they are captured, and are only counted when they are replayed; STUB_CAPTURE_FAILS makes a
capture hide what made it fail, as CUDA does. Arguments: the worker's folder, then its own.
"""

import contextlib
import os
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import torch  # noqa: E402


def note(*words):
    print("card:", *words, file=sys.stderr, flush=True)


class Stream:
    def __init__(self, device=None):
        self.name = "stream"


class ExternalStream(Stream):
    def __init__(self, handle, device=None):
        self.name = f"stream {handle:#x}"


class Event:
    def __init__(self, enable_timing=False):
        self.timed = enable_timing

    def record(self, stream):
        note("event on", stream.name)

    def synchronize(self):
        note("waited for")

    def elapsed_time(self, _end):
        return 12.5 if self.timed else None


class Graph:
    def pool(self):
        return "pool"

    def replay(self):
        note("replay")


@contextlib.contextmanager
def graph(made, pool=None, stream=None):
    note("capture on", stream.name, "with", pool or "a new pool")
    try:
        yield
    finally:
        if os.environ.get("STUB_CAPTURE_FAILS"):
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")


stub = {
    "Stream": Stream,
    "ExternalStream": ExternalStream,
    "Event": Event,
    "CUDAGraph": Graph,
    "graph": graph,
    "stream": lambda stream: contextlib.nullcontext(note("on", stream.name)),
    "init": lambda: None,
    "synchronize": lambda: note("synchronise"),
    "empty_cache": lambda: note("empty cache"),
    "max_memory_reserved": lambda _device: 123456789,
    "get_device_name": lambda _device: "stub card",
}
for name, value in stub.items():
    setattr(torch.cuda, name, value)
torch.version.cuda = "13.0"

from partitune_pytorch import main as worker  # noqa: E402
from partitune_pytorch.card import Card  # noqa: E402

Card.torch_device = torch.device("cpu")
worker.main(sys.argv[2:])
