"""The command line of the worker."""

import math
import os
import re
from typing import Dict, NamedTuple, Optional, Tuple

from .errors import InputProblem, WorkerError

sources = ("torchvision", "timm", "transformers", "python")
_usage = (
    "run worker.py --model=torchvision:resnet50|timm:NAME|transformers:NAME|python:MODULE:FUNCTION "
    "[--task=inference|training] [--device=cpu|cuda] [--threads=1] [--mode=eager|cuda-graph] "
    "[--precision=float32|float16|bfloat16] [--shape=input=Nx3x224x224] [--seed=1]"
)
_trace_usage = "run worker.py trace --model=… --batch=1 --steps=8 [--warmup=3] --out=FILE and the options of the worker"
_choices = {
    "task": ("inference", "training"),
    "device": ("cpu", "cuda"),
    "mode": ("eager", "cuda-graph"),
    "precision": ("float32", "float16", "bfloat16"),
}
_counts = {"threads": 1, "seed": 0, "batch": 1, "steps": 1, "warmup": 0}
_only_trace = ("batch", "steps", "warmup", "out")


class Options(NamedTuple):
    model: str
    task: str = "inference"
    device: str = "cpu"
    threads: int = 1
    mode: str = "eager"
    precision: str = "float32"
    # Dimensions after the batch, by input.
    shapes: Dict[str, Tuple[int, ...]] = {}
    seed: int = 1
    # What is recorded, by `trace` alone.
    batch: int = 1
    steps: int = 8
    warmup: int = 3
    out: Optional[str] = None


def parse_options(argv, tracing=False):
    """Options from words such as `--threads=2`; the word `trace` is left out of them."""
    usage = _trace_usage if tracing else _usage
    values, shapes = {}, {}
    for word in argv:
        match = re.fullmatch(r"--([a-z]+)=(.*)", word, re.DOTALL)
        name, value = match.groups() if match else (None, None)
        if name == "shape":
            shapes.update(_parse_shapes(value))
        elif name in Options._fields and name != "shapes" and (tracing or name not in _only_trace):
            values[name] = _parse_value(name, value, usage)
        else:
            raise InputProblem(f'option "{word}"', "is not known", usage)
    if not values.get("model"):
        raise InputProblem("option --model", "is missing", usage)
    _check_model(values["model"])
    if tracing and not values.get("out"):
        raise InputProblem("option --out", "is missing", usage)
    options = Options(shapes=shapes, **values)
    if options.mode == "cuda-graph" and options.device != "cuda":
        raise InputProblem('mode "cuda-graph"', "needs a card: there are no CUDA graphs on a processor", "measure it eagerly")
    return options


def asked_for(name):
    """A positive number from the environment, or None: what the host wants the worker to keep to."""
    text = os.environ.get(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if 0 < value < math.inf:
        return value
    raise WorkerError("failed", f'environment variable {name} is "{text}"; give a number above 0')


def _check_model(model):
    source, _, name = model.partition(":")
    if source not in sources or not name:
        raise InputProblem(f'model "{model}"', "has no known source", f"write one of {', '.join(sources)}, a colon and a name")
    if source == "python" and not re.fullmatch(r"[^:]+:[^:]+", name):
        raise InputProblem(f'model "{model}"', "names no function", "write python:MODULE:FUNCTION")


def _parse_value(name, value, usage):
    if name in _choices and value not in _choices[name]:
        raise InputProblem(f'option --{name} "{value}"', "is not known", f"choose one of {', '.join(_choices[name])}")
    if name not in _counts:
        return value
    if re.fullmatch(r"\d{1,9}", value) and int(value) >= _counts[name]:
        return int(value)
    raise InputProblem(f'option --{name} "{value}"', f"is no whole number from {_counts[name]} on", usage)


def _parse_shapes(text):
    """Several inputs stand in several options or in one, separated by commas."""
    shapes = {}
    for part in re.split(r",(?=[^,=]+=)", text):
        match = re.fullmatch(r"(.+)=N((?:x[1-9]\d{0,8})*)", part)
        if match is None:
            raise InputProblem(
                f'option --shape "{part}"',
                "cannot be read",
                'write the name of the input and its dimensions, N for the batch, e.g. "input=Nx3x224x224"',
            )
        shapes[match.group(1)] = tuple(int(size) for size in match.group(2).split("x")[1:])
    return shapes
