"""Networks of timm, with random weights: nothing is downloaded."""

from .inputs import Input
from .network import Network, classification_loss
from .unknown_name import missing_library, unknown_name


def open_timm(name):
    try:
        import timm
    except ImportError as error:
        raise missing_library("timm", "timm", error) from None
    # Names with a colon or a slash are addresses of a hub.
    if ":" in name or "/" in name or not timm.is_model(name):
        raise unknown_name("timm", name, timm.list_models())
    module = timm.create_model(name, pretrained=False)
    known = getattr(module, "pretrained_cfg", None) or getattr(module, "default_cfg", {})
    sizes = tuple(known.get("input_size") or (3, 224, 224))

    def forward(module, data):
        return module(data["input"])

    def loss(module, data, labels):
        return classification_loss(labels, forward(module, data))

    return Network(module, [Input("input", sizes)], forward, loss, f"timm {timm.__version__}")
