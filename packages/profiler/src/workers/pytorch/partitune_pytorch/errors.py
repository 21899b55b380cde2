"""What can go wrong, in the words of the line protocol."""

import re


class WorkerError(Exception):
    """The worker cannot do what it was asked: `code` is one of the protocol, the text one line."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class InputProblem(WorkerError):
    """An option or a model is at fault: ends the start with exit code 2."""

    def __init__(self, what, problem, advice):
        super().__init__("failed", f"{what} {problem}; {advice}")


# Engines have no code for these, only words: PyTorch's allocators, C++, cuBLAS and cuDNN, and the system's own.
_out_of_memory = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|not enough memory|bad_alloc|alloc_failed|"
    r"failed to allocate|std::bad_array_new_length",
    re.IGNORECASE,
)
_about_shapes = re.compile(r"\bshapes?\b|\bsizes?\b|dimension|expected more than 1 value|batch", re.IGNORECASE)


def describe(error):
    """Code and first line of an error."""
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    if isinstance(error, WorkerError):
        return error.code, text
    memory = next((each for each in chain(error) if is_out_of_memory(each)), None)
    if memory is not None:
        return "out-of-memory", (str(memory).strip().splitlines() or ["memory has run out"])[0]
    return "failed", f"{type(error).__name__}: {text}"


def is_out_of_memory(error):
    """A failed capture of a graph hides what made it fail: that is in its context."""
    return isinstance(error, MemoryError) or (
        isinstance(error, (RuntimeError, OSError)) and _out_of_memory.search(str(error)) is not None
    )


def is_about_shapes(error):
    """Whether another batch size may do what this one did not."""
    return isinstance(error, (RuntimeError, ValueError)) and _about_shapes.search(str(error)) is not None


def chain(error):
    """An error and those during whose handling it was raised."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
