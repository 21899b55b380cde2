"""
torch.utils.benchmark on networks of torchvision: a line "batch seconds" on standard input is answered by the median seconds of as many
runs as fit into so many seconds, each timed by itself. Arguments: network, image size, threads.
"""

import sys

import torch
import torch.utils.benchmark
import torchvision

name, size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(1)
model = torchvision.models.get_model(name, weights=None).eval()
inputs = {}
with torch.inference_mode():
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        batch, seconds = int(line.split()[0]), float(line.split()[1])
        x = inputs.setdefault(batch, torch.rand(batch, 3, size, size) * 2 - 1)
        timer = torch.utils.benchmark.Timer("model(x)", globals={"model": model, "x": x}, num_threads=threads)
        print(timer.blocked_autorange(min_run_time=seconds).median, flush=True)
