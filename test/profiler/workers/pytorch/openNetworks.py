"""
Opens networks in one process, and tells their inputs or why they cannot be opened, a line each; whatever else is printed is not read.
Arguments: the worker's folder, then options of the worker, those of one network joined by spaces.
"""

import json
import os
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
answers = os.dup(1)
os.dup2(2, 1)
import torch  # noqa: E402
from partitune_pytorch.engine import Engine  # noqa: E402
from partitune_pytorch.errors import describe  # noqa: E402
from partitune_pytorch.options import parse_options  # noqa: E402
from partitune_pytorch.processor import Processor  # noqa: E402

for words in sys.argv[2:]:
    try:
        engine = Engine(parse_options(words.split()), Processor(1))
        answer = {"inputs": engine.inputs, "engine": engine.name.replace(f"pytorch {torch.__version__}", "pytorch")}
    except Exception as error:
        code, message = describe(error)
        answer = {"code": code, "message": message}
    os.write(answers, (json.dumps(answer) + "\n").encode())
