"""``junit.xml`` is pytest's own; this takes the secrets out of it once it is written."""

from pathlib import Path
from xml.etree import ElementTree as ET

from troth.errors import UsageError
from troth.evidence.directory import write_whole
from troth.redaction import Redactor


def redact_junit(path: Path, redactor: Redactor) -> None:
    """Rewrites the file with every text and attribute redacted.

    Raises UsageError when it cannot be read or written.
    """
    try:
        # pytest wrote this file a moment ago: no entities, no strangers' XML.
        tree = ET.parse(path)  # noqa: S314
        for element in tree.iter():
            for name, value in element.attrib.items():
                element.set(name, redactor.text(value))
            if element.text:
                element.text = redactor.text(element.text)
            if element.tail:
                element.tail = redactor.text(element.tail)
        write_whole(path, ET.tostring(tree.getroot(), encoding="utf-8", xml_declaration=True))
    except (OSError, ET.ParseError) as error:
        raise UsageError(f"cannot take the secrets out of {path}: {error}") from error
