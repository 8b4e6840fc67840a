"""FUZ104: no hostile value in any position meets a 5xx or kills the connection.

NUL bytes, lone surrogates, NaN, numbers beyond 64 bits, over-long and deeply nested input, bodies
that are not JSON, dates at the edge of the calendar, in each place of a request that is
otherwise like one that was served. Whether it is refused or taken is not the question here.
"""

from hypothesis import given
from hypothesis import strategies as st

from troth import prop
from troth.spec.operation import Operation
from troth.target import Target


@prop(
    "FUZ104", severity="high", refs=("OWASP-API8:2023", "CWE-20", "CWE-248"), phases=("boundary",)
)
@given(data=st.data())
def test_hostile_input(target: Target, operation: Operation, data: st.DataObject) -> None:
    """One hostile value a request."""
    with target.world() as world:
        answer = world.send(data.draw(world.hostile(operation), label="case"))
        world.judge(answer)
