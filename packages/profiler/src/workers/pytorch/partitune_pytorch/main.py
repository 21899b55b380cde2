"""What the worker does, from its command line to its end."""

import gc
import os
import resource
import sys
import time
import traceback

from .errors import InputProblem, WorkerError, describe
from .lines import Lines
from .options import asked_for, parse_options

_protocol = 1


def main(argv):
    lines = Lines()
    try:
        tracing = argv[:1] == ["trace"]
        options = parse_options(argv[1:] if tracing else argv, tracing)
        start = _trace if tracing else _serve
        start(options, lines)
    except BrokenPipeError:
        pass
    except Exception as error:
        if not isinstance(error, WorkerError):
            traceback.print_exc()
        code, text = describe(error)
        lines.say(type="error", code=code, message=text)
        print(text, file=sys.stderr)
        _leave(2)
    _leave(0)


def _leave(code):
    """At once: threads of a user's module do not keep a worker alive whose host has gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _serve(options, lines):
    pace = asked_for("PARTITUNE_PACE")
    device, engine = _open(options)
    ready = {"type": "ready", "protocol": _protocol, "engine": engine.name, "pid": os.getpid(), "inputs": engine.inputs}
    if engine.files:
        ready["files"] = engine.files
    if pace is not None:
        ready["pace"] = pace
    if device.multiprocessors is not None:
        ready["multiprocessors"] = device.multiprocessors
    gc.collect()
    gc.freeze()
    with device.scope(), _mode(options):
        lines.say(**ready)
        for request in lines.requests():
            if request["type"] == "run":
                lines.say(**_run(engine, request["id"], request["batch"], pace))
            elif request["type"] == "stats":
                lines.say(**_stats(engine))
            else:
                return


def _run(engine, number, batch, pace):
    try:
        service, cpu, end, device = engine.run(batch, pace)
    except WorkerError as error:
        return {"type": "error", "id": number, "code": error.code, "message": str(error)}
    done = {"type": "done", "id": number, "service_s": service, "cpu_s": cpu, "end_s": end}
    if device is not None:
        done["device_s"] = device
    return done


def _stats(engine):
    stats = {"type": "stats", "cpu_s": time.process_time(), "memory_peak_bytes": _memory_peak()}
    on_device = engine.memory_peak()
    if on_device is not None:
        stats["device_memory_peak_bytes"] = on_device
    return stats


def _memory_peak():
    """Bytes; the system tells KiB, but for macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _trace(options, lines):
    device, engine = _open(options)
    from .trace import record_trace

    with device.scope(), _mode(options):
        record_trace(engine, device, options)
    lines.say(type="traced", engine=engine.name, steps=options.steps, out=options.out)


def _open(options):
    # Read when PyTorch loads its threads: those that wait must not use up the quota of their partition.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    _import_torch()
    from .engine import Engine

    device = _open_device(options)
    with device.scope():
        return device, Engine(options, device)


def _import_torch():
    try:
        import torch  # noqa: F401
    except ImportError as error:
        python = f"{sys.executable} (Python {sys.version.split()[0]})"
        if error.name == "torch":
            raise InputProblem(
                f"interpreter {python}", "has no PyTorch",
                "install it there (pip install torch), or name the interpreter that has it (--python, or python of the engine)",
            ) from None
        raise InputProblem("PyTorch", f"cannot be loaded by {python} ({error})", "install it again") from None


def _open_device(options):
    if options.device == "cpu":
        from .processor import Processor

        return Processor(options.threads)
    import torch

    from .card import Card

    torch.set_num_threads(options.threads)
    return Card(options.mode, asked_for("PARTITUNE_MULTIPROCESSORS"))


def _mode(options):
    import contextlib

    import torch

    return contextlib.nullcontext() if options.task == "training" else torch.inference_mode()
