"""Networks of torchvision, with random weights: nothing is downloaded."""

import inspect

import torch

from .errors import InputProblem
from .inputs import Input
from .network import Network, classification_loss
from .unknown_name import missing_library, unknown_name

# Networks whose design fixes another size than 224 × 224.
_image_sizes = {"inception_v3": 299}
_wide_videos = ("mvit", "swin3d", "s3d")


def open_torchvision(name):
    try:
        import torchvision
        from torchvision import models
    except ImportError as error:
        raise missing_library("torchvision", "torchvision", error) from None
    if not hasattr(models, "list_models"):
        raise InputProblem(f"torchvision {torchvision.__version__}", "is too old", "install 0.14 or newer")
    family = _family(models, name)
    builder = models.get_model_builder(name)
    module = builder(**{key: None for key in ("weights", "weights_backbone") if key in inspect.signature(builder).parameters})
    inputs, forward, loss = _families[family](name)
    return Network(
        module, inputs, forward, loss, f"torchvision {torchvision.__version__}",
        no_loss="there is no loss for networks of optical flow",
    )


def _family(models, name):
    if name not in models.list_models():
        raise unknown_name("torchvision", name, models.list_models())
    if name in models.list_models(module=models.quantization):
        raise InputProblem(
            f'model "torchvision:{name}"', "is quantised, and only as good as its calibration",
            "make it by a function of your own, python:MODULE:FUNCTION",
        )
    for family in ("segmentation", "detection", "video", "optical_flow"):
        if name in models.list_models(module=getattr(models, family)):
            return family
    return "classification"


def _call(module, data):
    return module(data["input"])


def _classes(module, data, labels):
    return classification_loss(labels, _call(module, data))


def _classification(name):
    size = _image_sizes.get(name, 224)
    return [Input("input", (3, size, size))], _call, _classes


def _segmentation(_name):
    return [Input("input", (3, 224, 224))], _call, _classes


def _video(name):
    size = 224 if name.startswith(_wide_videos) else 112
    return [Input("input", (3, 16, size, size))], _call, _classes


def _detection(_name):
    def call(module, data):
        return module(list(data["input"]))

    def loss(module, data, labels):
        images = list(data["input"])
        targets = labels.keep(data["input"].shape, lambda: [_target(image) for image in images])
        return sum(module(images, targets).values())

    return [Input("input", (3, 224, 224))], call, loss


def _target(image):
    """One object of class 1, which every such network has, that covers the middle of the image."""
    height, width = image.shape[-2:]
    one = torch.ones(1, dtype=torch.int64, device=image.device)
    return {
        "boxes": image.new_tensor([[width / 4, height / 4, width * 3 / 4, height * 3 / 4]]),
        "labels": one,
        "masks": torch.ones((1, height, width), dtype=torch.uint8, device=image.device),
        "keypoints": image.new_tensor([[[width / 2, height / 2, 1.0]] * 17]),
    }


def _optical_flow(_name):
    inputs = [Input("input0", (3, 256, 256)), Input("input1", (3, 256, 256))]
    return inputs, lambda module, data: module(data["input0"], data["input1"]), None


_families = {
    "classification": _classification,
    "segmentation": _segmentation,
    "video": _video,
    "detection": _detection,
    "optical_flow": _optical_flow,
}
