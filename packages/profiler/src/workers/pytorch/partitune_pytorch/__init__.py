"""Parts of the PyTorch worker. `main` tells the story; everything of CUDA is in `card` and `green_context`."""
