"""FUZ103: schema-valid input never meets a 5xx.

Every boundary case of the schema and then random ones, with references that exist. A dropped
connection, an answer that is not HTTP and no answer in time count like a 5xx. A 502, 503 or 504
that the document names is kept word.
"""

from hypothesis import given
from hypothesis import strategies as st

from troth import prop
from troth.spec.operation import Operation
from troth.target import Target


@prop("FUZ103", severity="high", refs=("CWE-703", "CWE-755"), phases=("boundary", "random"))
@given(data=st.data())
def test_no_server_error(target: Target, operation: Operation, data: st.DataObject) -> None:
    """What the schema allows, the service must be able to take."""
    with target.world() as world:
        answer = world.send(data.draw(world.valid(operation), label="case"))
        # These cases serve both: generating them once more for FUZ102 would show nothing new.
        world.judge(answer, besides=("FUZ102",))
