"""A contender's process as `bench_recurrent.py` sees it: it starts, is asked, and ends."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path


class Process:
    """A contender at work in a process of its own."""

    def __init__(self, name, threads, environment):
        command = [sys.executable, str(Path(__file__).with_name("contender.py")), name, str(threads)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    @functools.cached_property
    def kernels(self):
        """What it multiplies with: the first thing it says, once it has started."""
        return self._read()

    def ask(self, **what):
        """Have it run something, and wait for what it says."""
        assert self.kernels
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[2]} stopped with code {self.process.wait()}")
        return json.loads(line)

    def close(self):
        """Let it end."""
        self.process.stdin.close()
        self.process.wait()
