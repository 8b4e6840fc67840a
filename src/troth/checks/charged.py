"""What is said of the properties that checks charge, whether or not their suite is run.

A complaint is charged to the property that owns the fault. Where only another suite is asked, that
property is not declared; how bad its fault is, and what it is called elsewhere, stays the same. A
test holds that both say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Charged:
    """``severity`` and ``refs`` as `prop` declares them."""

    severity: str
    refs: tuple[str, ...]


CHARGED: Final[Mapping[str, Charged]] = {
    "FUZ102": Charged("medium", ("OWASP-API9:2023", "CWE-1059")),
    "FUZ103": Charged("high", ("CWE-703", "CWE-755")),
    "FUZ104": Charged("high", ("OWASP-API8:2023", "CWE-20", "CWE-248")),
    "FUZ106": Charged("medium", ("RFC9457", "OWASP-API8:2023", "ASVS-v5.0.0-16.5.1")),
    "FUZ107": Charged("low", ("RFC9110-15.5.6", "ASVS-v5.0.0-4.1.4")),
    "FUZ112": Charged("medium", ("HTML-9.2", "OWASP-API9:2023", "CWE-1059")),
    "FUZ113": Charged("medium", ("RFC6455", "OWASP-API9:2023", "CWE-1059", "CWE-20", "CWE-248")),
    "FUZ115": Charged("low", ("RFC6585", "RFC9110-10.2.3", "OWASP-API4:2023", "CWE-770")),
    "FUZ117": Charged("low", ("RFC3339", "RFC9562", "RFC3986", "CWE-1286")),
    "FUZ118": Charged(
        "medium", ("CWE-117", "CWE-113", "CWE-778", "ASVS-v5.0.0-16.2.1", "ASVS-v5.0.0-16.4.1")
    ),
    "FUZ119": Charged("medium", ("RFC9110-13", "RFC9110-8.8", "CWE-362", "CWE-367")),
    "SEC312": Charged(
        "high", ("OWASP-API2:2023", "CWE-287", "CWE-755", "CWE-1286", "ASVS-v5.0.0-16.5.3")
    ),
    "SEC314": Charged(
        "critical",
        ("OWASP-API2:2023", "CWE-522", "CWE-347", "ASVS-v5.0.0-9.1.3", "RFC7517", "RFC7518"),
    ),
    "SEC331": Charged("high", ("OWASP-API8:2023", "CWE-942", "CWE-346", "ASVS-v5.0.0-3.4.2")),
    "SEC334": Charged("low", ("OWASP-API8:2023", "CWE-942", "RFC9110-9.3.7")),
    "SEC343": Charged(
        "high", ("OWASP-API3:2023", "CWE-200", "CWE-522", "CWE-209", "ASVS-v5.0.0-14.2.6")
    ),
    "SEC344": Charged(
        "medium", ("OWASP-API8:2023", "CWE-209", "CWE-497", "ASVS-v5.0.0-16.5.1", "WFC-209")
    ),
    "SEC345": Charged(
        "low", ("OWASP-API8:2023", "CWE-525", "CWE-1004", "CWE-614", "CWE-497", "ASVS-v5.0.0-3.3.4")
    ),
}
"""By the id of the property; all that any check charges."""
