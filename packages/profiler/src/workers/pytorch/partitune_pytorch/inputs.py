"""Inputs of a network: their shapes, and random data for a batch."""

from typing import NamedTuple, Optional, Tuple

import torch

from .errors import InputProblem


class Input(NamedTuple):
    """One input; its first dimension is the batch and is no part of `sizes`."""

    name: str
    sizes: Tuple[int, ...]
    dtype: torch.dtype = torch.float32
    # Whole numbers are drawn from low to high, both included; floats are from −1 to 1 whatever these say.
    low: int = 0
    high: int = 1
    # Rows that are repeated as often as a batch needs them, instead of random data.
    rows: Optional[torch.Tensor] = None
    # The last size is at most so much, where the network has a limit.
    longest: Optional[int] = None

    def make(self, batch, generator):
        """Data of a batch, on the processor."""
        if self.rows is not None:
            return self.rows[torch.arange(batch) % len(self.rows)]
        shape = (batch, *self.sizes)
        if self.dtype.is_floating_point:
            return (torch.rand(shape, generator=generator) * 2 - 1).to(self.dtype)
        return torch.randint(self.low, self.high + 1, shape, generator=generator).to(self.dtype)

    def describe(self, precision):
        dtype = precision if self.dtype.is_floating_point else self.dtype
        return {"name": self.name, "type": str(dtype).replace("torch.", ""), "shape": ["N", *self.sizes]}


def with_shapes(model, inputs, shapes):
    """Inputs with the sizes that a user gives instead of the usual ones."""
    names = [each.name for each in inputs]
    stranger = next((name for name in shapes if name not in names), None)
    if stranger is not None:
        known = ", ".join(f'"{name}"' for name in names) or "a function's own"
        raise InputProblem(f'option --shape "{stranger}"', f'names no input of model "{model}"', f"its inputs are {known}")
    return [_with_shape(each, shapes[each.name]) if each.name in shapes else each for each in inputs]


def _with_shape(each, sizes):
    if each.longest is not None and sizes and sizes[-1] > each.longest:
        raise InputProblem(
            f'option --shape "{each.name}"', f"asks for {sizes[-1]}, more than the network's {each.longest}", "ask for less",
        )
    return each._replace(sizes=sizes, rows=None)
