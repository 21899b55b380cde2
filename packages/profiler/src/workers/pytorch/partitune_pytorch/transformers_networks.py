"""Networks of Hugging Face transformers, of their configurations alone: random weights, and nothing is downloaded."""

import os

import torch

from .errors import InputProblem
from .inputs import Input
from .network import Network
from .unknown_name import missing_library, unknown_name

_usual_length = 128

# Published networks: class of the configuration, what differs from its defaults, and the architecture.
_large = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
_roberta = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
_vit_large = {**_large, "num_labels": 1000}
_known = {
    "bert-base-uncased": ("BertConfig", {}, "BertForSequenceClassification"),
    "bert-base-cased": ("BertConfig", {"vocab_size": 28996}, "BertForSequenceClassification"),
    "bert-large-uncased": ("BertConfig", _large, "BertForSequenceClassification"),
    "distilbert-base-uncased": ("DistilBertConfig", {}, "DistilBertForSequenceClassification"),
    "roberta-base": ("RobertaConfig", _roberta, "RobertaForSequenceClassification"),
    "roberta-large": ("RobertaConfig", {**_roberta, **_large}, "RobertaForSequenceClassification"),
    "albert-base-v2": (
        "AlbertConfig",
        {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072},
        "AlbertForSequenceClassification",
    ),
    "gpt2": ("GPT2Config", {}, "GPT2LMHeadModel"),
    "gpt2-medium": ("GPT2Config", {"n_embd": 1024, "n_layer": 24, "n_head": 16}, "GPT2LMHeadModel"),
    "gpt2-large": ("GPT2Config", {"n_embd": 1280, "n_layer": 36, "n_head": 20}, "GPT2LMHeadModel"),
    "gpt2-xl": ("GPT2Config", {"n_embd": 1600, "n_layer": 48, "n_head": 25}, "GPT2LMHeadModel"),
    "distilgpt2": ("GPT2Config", {"n_layer": 6}, "GPT2LMHeadModel"),
    "opt-125m": ("OPTConfig", {}, "OPTForCausalLM"),
    "t5-small": ("T5Config", {}, "T5ForConditionalGeneration"),
    "t5-base": ("T5Config", {"d_model": 768, "d_ff": 3072, "num_layers": 12, "num_heads": 12}, "T5ForConditionalGeneration"),
    "vit-base-patch16-224": ("ViTConfig", {"num_labels": 1000}, "ViTForImageClassification"),
    "vit-large-patch16-224": ("ViTConfig", _vit_large, "ViTForImageClassification"),
    "deit-base-patch16-224": ("DeiTConfig", {"num_labels": 1000}, "DeiTForImageClassification"),
}


def open_transformers(name):
    # Read when the libraries are imported: they ask no server for anything.
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    try:
        import transformers
    except ImportError as error:
        raise missing_library("transformers", "transformers", error) from None
    config, head, files = _from_folder(transformers, name) if os.path.isdir(name) else _from_name(transformers, name)
    config.use_cache = False
    module = head(config)
    inputs, forward, loss = _parts(config, module)
    return Network(
        module, inputs, forward, loss, f"transformers {transformers.__version__}", files=files,
        no_loss=f"{type(module).__name__} has no loss; name an architecture with one in config.json",
    )


def _from_name(transformers, name):
    published = name.rsplit("/", 1)[-1]
    if published not in _known:
        raise unknown_name("transformers", name, list(_known))
    kind, settings, architecture = _known[published]
    return getattr(transformers, kind)(**settings), getattr(transformers, architecture), ()


def _from_folder(transformers, folder):
    """The architecture that config.json names, or the plain network of its model type."""
    file = os.path.join(folder, "config.json")
    if not os.path.isfile(file):
        raise InputProblem(f'folder "{folder}"', "has no config.json", "give the folder of a saved network")
    try:
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise InputProblem(f'file "{file}"', f"cannot be read ({str(error).splitlines()[0]})", "save it again") from None
    named = (config.architectures or [None])[0]
    architecture = getattr(transformers, named, None) if named else None
    return config, architecture or transformers.AutoModel.from_config, (file,)


def _parts(config, module):
    if module.main_input_name == "pixel_values":
        return _image_parts(config, module)
    if module.main_input_name == "input_ids":
        return _text_parts(config, module)
    raise InputProblem(
        f'networks with the input "{module.main_input_name}"', "are not known here",
        "make it by a function of your own, python:MODULE:FUNCTION",
    )


def _image_parts(config, module):
    size = getattr(config, "image_size", 224)
    height, width = size if isinstance(size, (list, tuple)) else (size, size)

    def loss(module, data, labels):
        return module(**data, labels=labels.classes((len(data["pixel_values"]),))).loss

    inputs = [Input("pixel_values", (getattr(config, "num_channels", 3), height, width))]
    return inputs, lambda module, data: module(**data), loss if "ImageClassification" in type(module).__name__ else None


def _text_parts(config, module):
    """Texts of equal length, so without a mask: looking into one would keep CUDA graphs from being captured."""
    longest = getattr(config, "max_position_embeddings", None)
    ids = Input("input_ids", (_usual_length,), torch.int64, 0, config.vocab_size - 1, longest=longest)
    generates = "ConditionalGeneration" in type(module).__name__ or getattr(config, "is_encoder_decoder", False)
    inputs = [ids, *([ids._replace(name="decoder_input_ids")] if generates else [])]
    return inputs, lambda module, data: module(**data), _text_loss(type(module).__name__)


def _text_loss(head):
    """Language models predict their own tokens; classifiers a class for each text, or for each token."""

    def loss(module, data, labels):
        ids = data["input_ids"]
        if "SequenceClassification" in head:
            targets = labels.classes((len(ids),))
        elif "TokenClassification" in head:
            targets = labels.classes(ids.shape)
        else:
            targets = data.get("decoder_input_ids", ids)
        return module(**data, labels=targets).loss

    known = ("SequenceClassification", "TokenClassification", "LM", "ConditionalGeneration")
    return loss if any(word in head for word in known) else None
