"""The PyTorch worker: runs a network batch by batch as the line protocol asks, or records its kernels (`worker.py trace`)."""

import sys

# The installation stays as it is, and whatever a user's module imports is looked for before this folder.
sys.dont_write_bytecode = True
from partitune_pytorch.main import main  # noqa: E402

sys.dont_write_bytecode = False
sys.path.append(sys.path.pop(0))

if __name__ == "__main__":
    main(sys.argv[1:])
