"""`python -m troth`: the command, where its script is not on the PATH."""

from troth.cli import main

if __name__ == "__main__":
    main()
