"""A pytest plugin, for one test: troth's own judgement breaks, on one operation."""

from troth.world import World

AT = "GET /search"
judge = World.judge


def breaking(self, exchange, **more):
    if exchange.operation == AT:
        raise KeyError("a fault of our own")
    judge(self, exchange, **more)


World.judge = breaking
