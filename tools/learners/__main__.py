"""Make the learners' notebooks, or hand them out.

    python tools/learners build [FOLDER]       notebooks, wheel and zip: _build/learners
    python tools/learners copy [--take NAME]   the folder work/, in which `make lab` opens them
    python tools/learners prove [NAME ...]     run them, and compare every output with the committed one

Nothing is executed but by `prove`: texts and numbers are the committed ones, figures those of the last build.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from learners.book import BookError
from learners.build import build
from learners.myst import ROOT
from learners.prove import prove
from learners.working_copy import hand_out


def main(arguments=None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build").add_argument(
        "folder", nargs="?", type=Path, default=ROOT / "_build" / "learners"
    )
    copy = commands.add_parser("copy")
    copy.add_argument("--to", type=Path, default=ROOT / "work")
    copy.add_argument("--take", action="append", metavar="NAME", help="a chapter's new version, or all")
    commands.add_parser("prove").add_argument("names", nargs="*")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            for path in build(options.folder):
                print(path)
        elif options.command == "copy":
            with tempfile.TemporaryDirectory() as built:
                build(Path(built), wheel=False)
                for line in hand_out(Path(built), options.to, options.take):
                    print(line)
        else:
            return prove(options.names)
    except (BookError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
