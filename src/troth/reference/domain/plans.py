"""What can be subscribed to, and what it costs."""

from collections.abc import Mapping
from datetime import timedelta

from troth.reference.schemas.billing import PlanAllowance, PlanCode, PlanShown

PERIOD = timedelta(days=30)


def _plan(
    code: PlanCode, name: str, price: int, trial: int, *included: tuple[int, int, int]
) -> PlanShown:
    ((runs, messages, tokens),) = included
    return PlanShown(
        code=code,
        display_name=name,
        currency="EUR",
        price_minor=price,
        period_days=PERIOD.days,
        trial_days=trial,
        allowances=[
            PlanAllowance(metric="agent_runs", included=runs),
            PlanAllowance(metric="messages", included=messages),
            PlanAllowance(metric="tokens", included=tokens),
        ],
    )


PLANS: Mapping[str, PlanShown] = {
    plan.code: plan
    for plan in (
        _plan("starter", "Starter", 1_900, 14, (100, 1_000, 1_000_000)),
        _plan("pro", "Pro", 4_900, 14, (1_000, 10_000, 10_000_000)),
        _plan("enterprise", "Enterprise", 49_900, 0, (100_000, 1_000_000, 1_000_000_000)),
    )
}
