"""The processor as a device to run steps on."""

import contextlib
import gc

import torch


class Processor:
    torch_device = torch.device("cpu")
    name = None
    multiprocessors = None

    def __init__(self, threads):
        torch.set_num_threads(threads)

    def scope(self):
        """Everything that the device runs is run inside."""
        return contextlib.nullcontext()

    def repeatable(self, step):
        """A step → what repeats it."""
        return step

    def complete(self, step):
        """Runs a step to its end; the time that the device itself tells of it is None."""
        step()
        return None

    def synchronise(self):
        pass

    def recover(self):
        """Gives back what a failed step had taken."""
        gc.collect()

    def memory_peak(self):
        return None
