"""A slash too many and capital letters are forgiven, and whoever is refused stays so; no fault."""

from troth.defects.defect import Defect
from troth.defects.planting import spell_as_documented

DEFECT = Defect(
    caught_by=(),
    operations=("listUsers",),
    plant=spell_as_documented,
    lookalike_of="guard_reads_the_path_as_text",
)
