"""Makes a green context as the worker does, and tells what came of it. Arguments: the worker's folder, multiprocessors."""

import json
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from partitune_pytorch.errors import describe  # noqa: E402
from partitune_pytorch.green_context import make_green_context  # noqa: E402

try:
    made = make_green_context(float(sys.argv[2]))
    print(json.dumps({"multiprocessors": made.multiprocessors, "stream": hex(made.stream)}))
except Exception as error:
    code, message = describe(error)
    print(json.dumps({"code": code, "message": message}))
