"""Networks of the tests, as a user would write them."""

import os
import sys

import torch

print("a module that talks")
os.write(1, b"and one that writes past Python\n")


class Talking(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 4)

    def forward(self, x):
        print("forward")
        return self.layer(x)


def talking():
    print("building")
    return Talking(), torch.zeros(1, 8)


class Pair(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(10, 4)

    def forward(self, ids, scale):
        return self.table(ids) * scale


def pair():
    """Two inputs by position: whole numbers from 3 to 9, and floats."""
    return Pair(), (torch.tensor([[3, 9]]), torch.ones(1, 2, 1))


def named():
    return Pair(), {"ids": torch.tensor([[3, 9]]), "scale": torch.ones(1, 2, 1)}


def normalised():
    """Batch normalisation cannot be trained on one row."""
    module = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.BatchNorm1d(8))
    return module, torch.ones(1, 8), lambda output, _inputs: output.square().mean()


class Fixed(torch.nn.Module):
    def forward(self, x):
        return x.reshape(4, 8)


def fixed():
    return Fixed(), torch.zeros(4, 8)


def even():
    def inputs(batch):
        if batch > 1 and batch % 2 == 1:
            raise ValueError("only even batches")
        return torch.zeros(batch, 8)

    return Talking(), inputs


class Greedy(torch.nn.Module):
    """Asks for 4 TiB when a batch is above 2."""

    def forward(self, x):
        return torch.empty(2**40) if len(x) > 2 else x + 1


def greedy():
    return Greedy(), torch.zeros(1, 8)


class Broken(torch.nn.Module):
    def forward(self, x):
        raise RuntimeError("the shape of things to come")


def broken():
    return Broken(), torch.zeros(1, 8)


class Checked(torch.nn.Module):
    """Takes a step only in the mode and precision that its name says."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 4)

    def forward(self, x):
        if x.dtype != torch.bfloat16 or self.layer.weight.dtype != torch.bfloat16:
            raise TypeError(f"inputs are {x.dtype}, weights {self.layer.weight.dtype}")
        if self.training or not torch.is_inference_mode_enabled():
            raise TypeError("this is no inference")
        return self.layer(x)


def checked():
    return Checked(), torch.zeros(1, 8)


def reads_input():
    """Finds the end of its input at once, and leaves the protocol's alone."""
    if sys.stdin.read() != "":
        raise TypeError("standard input is not empty")
    return Talking(), torch.zeros(1, 8)


def no_tuple():
    return Talking()


def no_batch():
    return Talking(), torch.tensor(1.0)


def fails():
    raise KeyError("weights")


def counting():
    """A step of training changes the weights; the loss says so by failing when it does not."""
    module = torch.nn.Linear(8, 4)
    state = {"steps": 0, "first": None}

    def loss(output, inputs):
        state["steps"] += 1
        if state["first"] is None:
            state["first"] = module.weight.detach().clone()
        elif state["steps"] > 1 and torch.equal(state["first"], module.weight):
            raise TypeError("the weights have not changed")
        if module.weight.grad is not None and torch.any(module.weight.grad != 0):
            raise TypeError("gradients of the step before are left")
        if not module.training or inputs.shape != (4, 8):
            raise TypeError("this is no training on a batch of 4")
        return output.square().mean() * 1e6

    return module, torch.ones(1, 8), loss


class GreedyOnCard(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 4)
        self.steps = 0

    def forward(self, x):
        self.steps += 1
        if len(x) > 2 or self.steps > int(os.environ.get("STUB_GREEDY_AFTER", 100)):
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 4.00 TiB")
        print("card: step", file=sys.stderr, flush=True)
        return self.layer(x)


def greedy_on_card():
    return GreedyOnCard(), torch.zeros(1, 8), lambda output, _inputs: output.sum()


def no_inputs():
    return Talking(), "none"


def no_loss():
    return Talking(), torch.zeros(1, 8), "none"


def weightless():
    return torch.nn.ReLU(), torch.zeros(1, 8), lambda output, _inputs: output.sum()
