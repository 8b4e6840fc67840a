"""A child is looked for under the parent that was made for it."""

from troth.composing.templates import shared_values, template_parameters


def test_templates_share_by_position():
    consumer = "/things/{thing_id}/parts/{part_id}"
    values = {"thing_id": "7"}
    assert shared_values("/things/{id}/parts", consumer, values) == {"id": "7"}
    assert shared_values("/things", consumer, values) == {}
    assert shared_values("/others/{id}", consumer, values) == {}
    assert template_parameters(consumer) == [(2, "thing_id"), (4, "part_id")]
