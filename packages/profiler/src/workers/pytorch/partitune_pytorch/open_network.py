"""A network by its source and name."""

import torch

from .python_networks import open_python
from .timm_networks import open_timm
from .torchvision_networks import open_torchvision
from .transformers_networks import open_transformers

_sources = {
    "torchvision": open_torchvision,
    "timm": open_timm,
    "transformers": open_transformers,
    "python": open_python,
}


def open_network(model, seed):
    """`model` is a source and a name, as `options` has checked; the same random weights for the same seed."""
    source, _, name = model.partition(":")
    torch.manual_seed(seed)
    return _sources[source](name)
