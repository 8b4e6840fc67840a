"""`python -m troth.reference --host 127.0.0.1 --port 8000` serves the reference service."""

import gc

# Modules stay, and looking through them for garbage is a sixth of the start: on again when served.
gc.disable()

from troth.reference.starting import main  # noqa: E402 - what it imports is what this is about

if __name__ == "__main__":
    main()
