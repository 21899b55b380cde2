"""Networks that a user's function makes; README.md beside worker.py says what it returns."""

import importlib
import os
import sys
import traceback

import torch

from .errors import InputProblem, WorkerError, is_out_of_memory
from .inputs import Input
from .network import Network

_contract = "return (module, inputs), or (module, inputs, loss) for training: see README.md of the PyTorch worker"


def open_python(name):
    module_name, _, function_name = name.partition(":")
    function = _find(module_name, function_name)
    what = f'function "{function_name}" of module "{module_name}"'
    made = _call_user(what, function)
    if not isinstance(made, tuple) or len(made) not in (2, 3) or not isinstance(made[0], torch.nn.Module):
        raise InputProblem(what, "returned something else than a module with inputs", _contract)
    module, inputs, loss = (*made, None)[:3]
    if loss is not None and not callable(loss):
        raise InputProblem(what, "returned a loss that is no function", _contract)
    known, call, pack = _open_inputs(what, inputs)
    return Network(
        module, known, call,
        None if loss is None else lambda module, data, _labels: loss(call(module, data), pack(data)),
        make=_maker(what, inputs) if callable(inputs) else None,
        files=_own_files(),
        no_loss=f"{what} returns no loss; {_contract}",
    )


def _find(module_name, function_name):
    sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module_name)
    except ImportError as error:
        if getattr(error, "name", None) == module_name.split(".")[0]:
            raise InputProblem(
                f'module "{module_name}"', f"is not found from {os.getcwd()}", "call the command from the folder it is in",
            ) from None
        raise _user_problem(f'module "{module_name}"', error) from None
    except Exception as error:
        raise _user_problem(f'module "{module_name}"', error) from None
    function = getattr(found, function_name, None)
    if callable(function):
        return function
    raise InputProblem(f'module "{module_name}"', f'has no function "{function_name}"', "check its name")


def _call_user(what, function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise _user_problem(what, error) from None


def _user_problem(what, error):
    """The user needs the place, so the whole of it goes to standard error."""
    traceback.print_exception(type(error), error, error.__traceback__)
    text = (str(error).strip().splitlines() or [""])[0]
    return InputProblem(what, f"ended with {type(error).__name__}: {text}", "correct it; the place is on standard error")


def _named(value):
    """Tensors by name, and how they are handed to the module; None when the value is no input."""
    if isinstance(value, torch.Tensor):
        return {"input": value}, lambda data: data["input"]
    if isinstance(value, (tuple, list)) and value:
        named = {f"input{i}": each for i, each in enumerate(value)}
        pack = tuple_of(list(named))
    elif isinstance(value, dict) and value:
        named, pack = dict(value), dict
    else:
        return None
    sound = all(isinstance(name, str) and isinstance(each, torch.Tensor) for name, each in named.items())
    return (named, pack) if sound else None


def tuple_of(names):
    return lambda data: tuple(data[name] for name in names)


def _open_inputs(what, inputs):
    """Inputs as far as they are known before a batch is made, how to call, and how the author's own form is made again."""
    example = _call_user(what, inputs, 1) if callable(inputs) else inputs
    named = _named(example)
    if named is None:
        raise InputProblem(what, "returned inputs that are no tensor, tuple or dictionary of tensors", _contract)
    tensors, pack = named
    flat = next((name for name, each in tensors.items() if each.dim() == 0 or len(each) == 0), None)
    if flat is not None:
        raise InputProblem(what, f'returned input "{flat}" without a batch dimension', _contract)
    known = [_describe(name, each) for name, each in tensors.items()]
    if isinstance(example, torch.Tensor):
        call = lambda module, data: module(data["input"])  # noqa: E731
    elif isinstance(example, dict):
        call = lambda module, data: module(**data)  # noqa: E731
    else:
        call = lambda module, data: module(*pack(data))  # noqa: E731
    return known, call, pack


def _describe(name, tensor):
    whole = not tensor.dtype.is_floating_point and not tensor.dtype.is_complex
    low, high = (int(tensor.min()), int(tensor.max())) if whole and tensor.numel() > 0 else (0, 1)
    return Input(name, tuple(tensor.shape[1:]), tensor.dtype, low, high, tensor)


def _maker(what, inputs):
    def make(batch):
        try:
            named = _named(inputs(batch))
        except ValueError as error:
            raise WorkerError("bad-batch", f"{what} refuses batch {batch}: {error}") from None
        if named is None:
            raise WorkerError("failed", f"inputs of {what} for batch {batch} are no tensors")
        return named[0]

    return make


def _own_files():
    """Sources below the working directory that are imported now, the worker's own apart: what the user's network is made of."""
    here, worker = os.getcwd() + os.sep, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
    # Modules that PyTorch makes up have names of files that are not there.
    files = {str(getattr(each, "__file__", None)) for each in list(sys.modules.values())}
    return tuple(sorted(
        file for file in files
        if file.startswith(here) and not file.startswith(worker) and "-packages" + os.sep not in file and file.endswith(".py")
    ))
