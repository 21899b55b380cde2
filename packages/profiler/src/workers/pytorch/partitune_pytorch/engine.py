"""A network on a device: makes the data of batches, and runs them."""

import time

import torch

from .errors import InputProblem, WorkerError, describe, is_about_shapes
from .inputs import with_shapes
from .network import Labels
from .open_network import open_network

# Steps change the weights as little as can be, so that the numbers computed with stay what they were.
_learning_rate, _momentum = 1e-6, 0.9


class Engine:
    def __init__(self, options, device):
        self._device = device
        self._precision = getattr(torch, options.precision)
        self._seed = options.seed
        self._model = options.model
        network = open_network(options.model, options.seed)
        self._training = options.task == "training"
        if self._training and network.loss is None:
            raise InputProblem(f'model "{options.model}"', "cannot be trained", network.no_loss)
        if options.shapes and network.make is not None:
            raise InputProblem("option --shape", f'has no effect on "{options.model}"', "its own function makes its inputs")
        network.module.to(device=device.torch_device, dtype=self._precision).train(self._training)
        self._network = network._replace(inputs=with_shapes(options.model, network.inputs, options.shapes))
        self._labels = Labels(options.seed, device.torch_device)
        self._optimiser = None
        if self._training:
            weights = [each for each in network.module.parameters() if each.requires_grad]
            if not weights:
                raise InputProblem(f'model "{options.model}"', "has no weights to train", "give another one")
            self._optimiser = torch.optim.SGD(weights, lr=_learning_rate, momentum=_momentum)
        self._steps = {}
        self._worked = set()

    @property
    def name(self):
        parts = [f"pytorch {torch.__version__}", self._network.library, self._device.name]
        return ", ".join(part for part in parts if part is not None)

    @property
    def inputs(self):
        return [each.describe(self._precision) for each in self._network.inputs]

    @property
    def files(self):
        return list(self._network.files)

    def step(self, batch):
        """What runs a batch; made on first use and kept."""
        if batch not in self._steps:
            self._steps[batch] = self._device.repeatable(self._make_step(batch))
        return self._steps[batch]

    def run(self, batch, pace=None):
        """Runs a batch: service time, processor time, end, time by the device's own events (None where it tells none)."""
        try:
            step = self.step(batch)
            used, start = time.process_time(), time.monotonic()
            device = self._device.complete(step)
            cpu = time.process_time() - used
            if pace is not None:
                _pause_until(start + cpu / pace)
            end = time.monotonic()
        except Exception as error:
            failure = self._failure(batch, error)
            error.__traceback__ = None  # frames hold what the step had taken
            raise failure from None
        self._worked.add(batch)
        return end - start, cpu, end, device

    def memory_peak(self):
        return self._device.memory_peak()

    def _make_step(self, batch):
        network, labels, optimiser = self._network, self._labels, self._optimiser
        data = self._make_data(batch)
        if optimiser is None:
            return lambda: network.forward(network.module, data)

        def train():
            optimiser.zero_grad(set_to_none=True)
            network.loss(network.module, data, labels).backward()
            optimiser.step()

        return train

    def _make_data(self, batch):
        network = self._network
        if network.make is not None:
            made = network.make(batch)
        else:
            generator = torch.Generator().manual_seed(self._seed)
            made = {each.name: each.make(batch, generator) for each in network.inputs}
        return {name: self._placed(each) for name, each in made.items()}

    def _placed(self, tensor):
        dtype = self._precision if tensor.dtype.is_floating_point else tensor.dtype
        return tensor.to(device=self._device.torch_device, dtype=dtype)

    def _failure(self, batch, error):
        """The error as the protocol names it; afterwards other batches can be run."""
        code, text = describe(error)
        shapes = is_about_shapes(error)
        self._steps.pop(batch, None)
        if self._optimiser is not None:
            self._optimiser.zero_grad(set_to_none=True)
        self._recover(error)
        if code == "failed" and shapes and self._runs_otherwise(batch):
            code = "bad-batch"
        return WorkerError(code, text)

    def _recover(self, error):
        seen = error
        while seen is not None:
            seen.__traceback__ = None
            seen = seen.__cause__ or seen.__context__
        self._device.recover()

    def _runs_otherwise(self, batch):
        """Whether the network can run at all, so that a batch is at fault and not the network."""
        if self._worked - {batch}:
            return True
        own = [len(each.rows) for each in self._network.inputs if each.rows is not None]
        other = next((size for size in [*own, 1, 2] if size != batch))
        try:
            self._device.complete(self.step(other))
            return True
        except Exception as error:
            self._steps.pop(other, None)
            self._recover(error)
            return False


def _pause_until(end):
    left = end - time.monotonic()
    if left > 0:
        time.sleep(left)
