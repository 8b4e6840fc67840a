"""What a person is told when troth cannot start: the value, the place and the remedy."""


class UsageError(Exception):
    """Bad input to troth itself (a target file, a document, an option): exit code 2.

    The message names the offending value, the place where it stands and what to do about it.
    """


class Unmakable(Exception):
    """No request can be made of one operation as the document describes it; the others can."""
