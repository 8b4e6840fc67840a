"""troth: does an HTTP service keep the word it gives in its OpenAPI document?"""

# First of all: on its import Hypothesis calls `troth.profile.register`, which it would find half
# initialised if Hypothesis were first imported by troth.profile itself.
import hypothesis  # noqa: F401

from troth.prop import applies, control, doubt, expect, prop

__all__ = ["applies", "control", "doubt", "expect", "prop"]
