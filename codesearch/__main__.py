"""The program: `codesearch`, or `python -m codesearch`."""

import sys


def main() -> None:
    """Runs the program and exits: 0 match, 1 no match, 2 error, 130 interrupted."""
    try:
        # Imported here: whoever presses Ctrl-C while it loads is to see no traceback.
        from codesearch.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
