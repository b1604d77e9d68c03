"""Let a notebook fail that opens a file of the repository which its key does not name.

tools/notebooks.py executes a notebook again when something changed that it may read; this makes sure
that it reads nothing else. In JupyterLab, where LSTM_COURSE_INPUTS is not set, it does nothing.
"""


def _watch(root, *allowed):
    import os
    import sys

    def inside(path, folder):
        return path == folder or path.startswith(folder + os.sep)

    ipython = os.path.join(root, "tools", "ipython")  # which writes its history there
    free = [os.path.realpath(folder) for folder in (*allowed, sys.prefix, ipython)]
    root = os.path.realpath(root)

    def hook(event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if inside(path, root) and not any(inside(path, folder) for folder in free):
                raise PermissionError(
                    f"a notebook must not open {path}, which INPUTS of tools/notebooks.py does not name"
                )

    sys.addaudithook(hook)


def _start():
    import os

    if inputs := os.environ.get("LSTM_COURSE_INPUTS"):
        _watch(*inputs.split(os.pathsep))


_start()
del _watch, _start
