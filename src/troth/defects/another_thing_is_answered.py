"""A cache answers with another thing than the one that was asked for.

A key that lacks a part of the address gives everybody what the first one asked for: ChatGPT's
titles of others' conversations in March 2023, GitHub's mixed-up sessions in March 2021 (CWE-524).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _another(preset: Any) -> Any:
    return {**preset, "key": f"{preset['key']}-2"}


def plant(app: FastAPI) -> None:
    """Each preset of guardrails."""
    edit_json(app, "GET", "/api/v1/guardrails/presets/[^/]+", _another)


DEFECT = Defect(caught_by=("FUZ101",), operations=("getGuardrailPreset",), plant=plant)
