"""A card by CUDA: everything of PyTorch that only exists there."""

import gc
import os

import torch

from .errors import InputProblem, is_out_of_memory
from .green_context import make_green_context

# PyTorch's own examples of capturing warm up so often; libraries choose their kernels in the first step.
_warm_up_steps = 3


class Card:
    """The card that `CUDA_VISIBLE_DEVICES` shows first. All work is on one stream, so that a green context can own it."""

    torch_device = torch.device("cuda", 0)

    def __init__(self, mode, multiprocessors=None):
        check_cuda()
        self._green = None if multiprocessors is None else make_green_context(multiprocessors)
        self.multiprocessors = None if self._green is None else self._green.multiprocessors
        self._stream = (
            torch.cuda.Stream(self.torch_device)
            if self._green is None
            else torch.cuda.ExternalStream(self._green.stream, device=self.torch_device)
        )
        self._graphs = mode == "cuda-graph"
        self._pool = None
        self._begin, self._end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        self.name = f"{torch.cuda.get_device_name(self.torch_device)}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"

    def scope(self):
        return torch.cuda.stream(self._stream)

    def repeatable(self, step):
        """The step itself, or the replay of its CUDA graph: captured once, after steps that let libraries settle."""
        if not self._graphs:
            return step
        for _ in range(_warm_up_steps):
            step()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        # Graphs are never replayed at the same time, and nothing reads what they leave behind: they may share memory.
        with torch.cuda.graph(graph, pool=self._pool, stream=self._stream):
            step()
        self._pool = graph.pool()
        return graph.replay

    def complete(self, step):
        """Runs a step until the card has done it; its time by the card's own events, s."""
        self._begin.record(self._stream)
        step()
        self._end.record(self._stream)
        self._end.synchronize()
        return self._begin.elapsed_time(self._end) / 1e3

    def synchronise(self):
        torch.cuda.synchronize()

    def recover(self):
        gc.collect()
        torch.cuda.empty_cache()

    def memory_peak(self):
        """What PyTorch has reserved at most; the context and the libraries' own memory come on top."""
        return torch.cuda.max_memory_reserved(self.torch_device)


def check_cuda():
    """Why there is no card to run on, in one line; nothing when there is."""
    version = torch.__version__
    if torch.version.cuda is None:
        raise InputProblem(
            f"PyTorch {version}", "was built without CUDA", "install a build with it, or measure on the processor",
        )
    try:
        torch.cuda.init()
        torch.zeros(1, device=Card.torch_device).add_(1).item()
    except (RuntimeError, AssertionError) as error:
        if is_out_of_memory(error):
            raise
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        shown = "" if visible is None else f" with CUDA_VISIBLE_DEVICES={visible}"
        raise InputProblem(
            f"PyTorch {version} (CUDA {torch.version.cuda})",
            f"finds no card that it can use{shown}: {_sentence(error)}",
            "check the driver with nvidia-smi, and that this build knows the card",
        ) from None


def _sentence(error):
    return " ".join(str(error).split())[:300].rstrip(".")
