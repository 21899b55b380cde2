"""Records the kernels of a network with the profiler of PyTorch, as `partitune import kernels` reads them."""

import torch
from torch import profiler

from .errors import InputProblem


def record_trace(engine, device, options):
    """Steps as they are measured, each to its end, inside annotations ProfilerStep#N; warm-up steps are left out."""
    if not getattr(torch.autograd, "kineto_available", lambda: True)():
        raise InputProblem(
            f"PyTorch {torch.__version__}", "was built without Kineto, the recorder of its profiler", "install a usual build",
        )
    step = engine.step(options.batch)
    device.complete(step)
    activities = [profiler.ProfilerActivity.CPU]
    if device.torch_device.type == "cuda":
        activities.append(profiler.ProfilerActivity.CUDA)
    with profiler.profile(
        activities=activities,
        schedule=profiler.schedule(wait=0, warmup=max(1, options.warmup), active=options.steps, repeat=1),
        on_trace_ready=lambda recorded: recorded.export_chrome_trace(options.out),
    ) as recording:
        for _ in range(max(1, options.warmup) + options.steps):
            step()
            device.synchronise()
            recording.step()
