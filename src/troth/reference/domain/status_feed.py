"""The incidents as RSS 2.0, whatever characters are in them."""

import re
import xml.etree.ElementTree as ET
from email.utils import format_datetime

from troth.reference.platform import Platform
from troth.reference.schemas.status import IncidentShown, StatusShown

MEDIA_TYPE = "application/rss+xml"
# XML 1.0 (section 2.2) has no way to write the others, not even as references.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(platform: Platform, status: StatusShown) -> bytes:
    """The feed."""
    home = f"{platform.settings.issuer}/api/v1/status"
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _say(channel, "title", "Status of the platform")
    _say(channel, "link", home)
    _say(channel, "description", status.overview.description)
    for each in status.incidents:
        _item(channel, home, each)
    document: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return document


def _item(channel: ET.Element, home: str, incident: IncidentShown) -> None:
    item = ET.SubElement(channel, "item")
    _say(item, "title", f"[{incident.state}] {incident.title}")
    _say(item, "link", f"{home}/incidents/{incident.id}")
    _say(item, "description", incident.message)
    _say(item, "category", incident.component)
    _say(item, "guid", incident.id).set("isPermaLink", "false")
    _say(item, "pubDate", format_datetime(incident.created_at))


def _say(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _NOT_XML.sub("\ufffd", text)
    return element
