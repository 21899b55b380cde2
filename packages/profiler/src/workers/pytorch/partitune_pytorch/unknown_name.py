"""The error for a name that a library does not know."""

import difflib

from .errors import InputProblem


def unknown_name(source, name, names):
    close = difflib.get_close_matches(name, names, 4, 0.6) or [each for each in sorted(names) if name in each][:4]
    near = f"did you mean {', '.join(close)}?" if close else f"it knows for example {', '.join(sorted(names)[:6])}"
    return InputProblem(f'model "{source}:{name}"', f"is not known to {source}", near)


def missing_library(source, package, error):
    """`error` is what the import said."""
    import sys

    if getattr(error, "name", None) == package:
        return InputProblem(f"interpreter {sys.executable}", f"has no {package}", f"install it there (pip install {package})")
    return InputProblem(f"package {package}", f"cannot be imported by {sys.executable} ({error})", "install it again")
