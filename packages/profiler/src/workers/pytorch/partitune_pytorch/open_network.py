"""A network by its source and name."""

import torch

from .errors import InputProblem
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
    """The same random weights for the same seed."""
    source, _, name = model.partition(":")
    if source not in _sources or not name:
        raise InputProblem(f'model "{model}"', "has no known source", f"write one of {', '.join(_sources)}, a colon and a name")
    torch.manual_seed(seed)
    return _sources[source](name, seed)
