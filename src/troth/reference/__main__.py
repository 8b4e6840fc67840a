"""`python -m troth.reference --host 127.0.0.1 --port 8000` serves the reference service."""

import argparse

from troth.reference.app import create_app
from troth.reference.logs import configure
from troth.reference.server import serve
from troth.reference.settings import Settings


def main() -> None:
    """Read the command line and the environment, and serve."""
    parser = argparse.ArgumentParser(prog="python -m troth.reference")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one; see the log")
    given = parser.parse_args()
    settings = Settings()
    configure(settings.log_level)
    serve(create_app(settings), given.host, given.port)


if __name__ == "__main__":
    main()
