"""Tags of a document that sound like what a deployment may lack: candidates for gates."""

from collections import Counter
from collections.abc import Iterator

from troth.proposal.passage import Entry, Passage
from troth.spec.naming import words
from troth.spec.operation import Spec

_OUTSIDE = {
    "it asks a payment provider": "billing payment payments checkout subscriptions stripe invoices",
    "it asks a language model": "ai llm chat completions openai embeddings agents inference",
    "it sends mail or messages": "email emails mail mails sms notifications notification push",
    "it calls somebody else's service": "webhooks integrations integration oauth sso slack",
    "it is a part of the service that is tried out": "experimental beta preview labs internal",
    "it works on the machine below the service": "infrastructure deployment containers vm backup",
}


def passages(spec: Spec) -> Iterator[Passage]:
    """A gate, as a comment, for each such tag."""
    counts = Counter(tag for each in spec.operations for tag in each.tags)
    found = [(tag, why) for tag in counts if (why := _why(tag))]
    # Tags that differ in case and marks only are one surface.
    named: dict[str, list[str]] = {}
    for tag, _ in found:
        named.setdefault("-".join(words(tag)), []).append(tag)
    reasons = dict(found)
    for place, (name, tags) in enumerate(named.items()):
        tag, why = tags[0], reasons[tags[0]]
        variable = f"TROTH_ENABLE_{'_'.join(words(tag)).upper()}"
        above = (
            "Surfaces that a deployment may lack stand behind gates, which are shut until their",
            "variable is 1.",
        )
        entries = (
            Entry("env", variable, proposed=True),
            Entry("tags", tags, f"{sum(counts[each] for each in tags)} in all", proposed=True),
            Entry("reason", why, proposed=True),
        )
        yield Passage(("gates", name), () if place else above, entries)


def _why(tag: str) -> str:
    own = {*words(tag), "".join(words(tag))}
    return next((why for why, said in _OUTSIDE.items() if own & set(said.split())), "")
