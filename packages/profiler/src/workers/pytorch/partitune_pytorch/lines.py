"""The line protocol on the standard streams, which nothing else may use."""

import json
import os


class Lines:
    """
    Takes standard input and output for itself. Whatever a library or a user's module prints goes to standard error, on the
    level of file descriptors, so that native code is caught too; whoever reads standard input finds its end.
    """

    def __init__(self):
        self._in = os.dup(0)
        self._out = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)

    def say(self, **message):
        """Writes one message at once."""
        line = (json.dumps(message, ensure_ascii=False) + "\n").encode("utf-8", "replace")
        while line:
            line = line[os.write(self._out, line) :]

    def requests(self):
        """Requests until the input ends."""
        rest = b""
        while True:
            chunk = os.read(self._in, 65536)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    yield json.loads(line)
