"""A network as the worker runs it, whatever library it comes from."""

from typing import Callable, List, NamedTuple, Optional, Tuple

import torch

from .inputs import Input


class Network(NamedTuple):
    """A module, what goes in, and how it is called. Data of a batch are tensors by the names of the inputs."""

    module: torch.nn.Module
    inputs: List[Input]
    # (module, data) → output
    forward: Callable
    # (module, data, labels) → a scalar to go back from, or None when there is none; labels: see `Labels`
    loss: Optional[Callable]
    # Library and version, for the record.
    library: Optional[str] = None
    # batch → data, where the network's author makes them; else they are made of `inputs`
    make: Optional[Callable] = None
    # The user's own files that it was made from.
    files: Tuple[str, ...] = ()
    # Why there is no loss, where there is none.
    no_loss: Optional[str] = None


class Labels:
    """
    Random classes, made once for each shape and kept, since they are no part of a step. Zeros and ones are classes of every
    network with at least two.
    """

    def __init__(self, seed, device):
        self._generator = torch.Generator().manual_seed(seed)
        self._device = device
        self._made = {}

    def classes(self, shape):
        shape = tuple(shape)
        return self.keep(shape, lambda: torch.randint(0, 2, shape, generator=self._generator).to(self._device))

    def keep(self, key, make):
        """Other targets than classes, made once for each key."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


def classification_loss(labels, output):
    """Cross entropy of outputs batch × classes × …; of several outputs those beside the first, from auxiliary heads, count 0.4."""
    outputs = list(output.values()) if isinstance(output, dict) else list(output) if isinstance(output, tuple) else [output]
    loss = 0.0
    for i, each in enumerate(outputs):
        if each is None:
            continue
        target = labels.classes((each.shape[0], *each.shape[2:]))
        loss = loss + (1.0 if i == 0 else 0.4) * torch.nn.functional.cross_entropy(each, target)
    return loss
