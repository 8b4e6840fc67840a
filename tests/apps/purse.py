"""Purses that a bank tells of: sessions, vouchers, ranks, webhooks; clean, and with races in it."""

import hmac
import itertools
import os
import threading
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import FastAPI, Header, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

from tests.apps.exact import Refusal, exact_route, install
from troth.defects.window import Window

SECRET = "PURSE_SECRET"
PASSWORD = "PURSE_PASSWORD"
STICKERS = 2
Text = Annotated[str, Field(min_length=1, max_length=80)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Entering(Wire):
    user: Text
    password: Text


class Renewing(Wire):
    renew: Text


class Entry(Wire):
    handle: str
    renew: str
    number: int


class Who(Wire):
    user: str


class Profile(Wire):
    nick: str
    motto: str


class ProfileChange(Wire):
    nick: Text = "ann"
    motto: Text = "onwards"


class Voucher(Wire):
    voucher: Text


class Purse(Wire):
    purse: int
    pence: int
    latest: int


class Event(Wire):
    event: Text
    purse: int = Field(ge=1, le=2**31 - 1)
    stamp: int = Field(ge=0, le=2**31 - 1)
    pence: int = Field(ge=0, le=10_000)


class Pupil(Wire):
    name: Text


class Made(Wire):
    name: str
    handle: str


class Rank(Wire):
    rank: Literal["high", "low"]


class Done(Wire):
    done: bool


class Failure(Wire):
    message: str
    fields: list[str]


def errors(*codes: int):
    return {code: {"model": Failure, "description": "Refused."} for code in codes}


BODY = (400, 415, 422)


def render(refusal: Refusal, scope: Scope) -> JSONResponse:
    content = {"message": refusal.message, "fields": [name for name, _ in refusal.fields]}
    return JSONResponse(content, refusal.status, refusal.headers)


def build(*, faulty: bool) -> FastAPI:
    """The application; it starts empty."""
    numbers, lock, window = itertools.count(1), threading.Lock(), Window()
    sessions: dict[str, tuple[str, int]] = {}
    renewals: dict[str, tuple[str, int]] = {}
    vouchers: set[str] = set()
    profile = {"nick": "ann", "motto": "onwards"}
    purses: dict[int, Purse] = {}
    seen: dict[str, int] = {}
    names: set[str] = set()
    stickers: dict[str, int] = {}
    ranks: dict[str, str] = {}
    secured = {"dependencies": [Security(HTTPBearer(scheme_name="bearer", auto_error=False))]}
    public = frozenset({"enter", "renew", "leave", "bank"})

    def caller(request: Request) -> str:
        handle = request.headers.get("authorization", "").removeprefix("Bearer ")
        return sessions[handle][0] if handle in sessions else ranks and _pupil(handle)

    def _pupil(handle: str) -> str:
        return handle if handle in ranks else ""

    def guard(request: Request, route) -> None:
        if route.operation_id not in public and not caller(request):
            raise Refusal(401, "who are you?", headers={"WWW-Authenticate": "Bearer"})

    def together() -> None:
        if faulty:
            window.wait()

    app = FastAPI(title="Purses", version="1", docs_url=None, redoc_url=None)
    app.router.route_class = exact_route(guard)

    def entry(user: str, number: int) -> Entry:
        made = Entry(handle=f"h-{next(numbers):024}", renew=f"r-{next(numbers):024}", number=number)
        sessions[made.handle] = renewals[made.renew] = (user, number)
        return made

    @app.post("/entries", operation_id="enter", status_code=201, responses=errors(401, *BODY))
    def enter(body: Entering) -> Entry:
        if body.password != os.environ[PASSWORD]:
            raise Refusal(401, "unknown", headers={"WWW-Authenticate": "Bearer"})
        with lock:
            return entry(body.user, next(numbers))

    @app.post("/renewals", operation_id="renew", status_code=201, responses=errors(401, *BODY))
    def renew(body: Renewing) -> Entry:
        known = renewals.get(body.renew)
        if known is None:
            raise Refusal(401, "unknown", headers={"WWW-Authenticate": "Bearer"})
        together()
        with lock:
            if renewals.pop(body.renew, None) is None and not faulty:
                raise Refusal(401, "unknown", headers={"WWW-Authenticate": "Bearer"})
            return entry(*known)

    @app.post("/leavings", operation_id="leave", responses=errors(401, *BODY))
    def leave(body: Renewing) -> Done:
        known = renewals.get(body.renew)
        if known is None:
            raise Refusal(401, "unknown", headers={"WWW-Authenticate": "Bearer"})
        for held in (sessions,) if faulty else (sessions, renewals):
            for each in [key for key, value in held.items() if value[1] == known[1]]:
                del held[each]
        return Done(done=True)

    @app.get("/who", operation_id="who", responses=errors(401), **secured)
    def who(request: Request) -> Who:
        return Who(user=caller(request))

    @app.get("/profile", operation_id="readProfile", responses=errors(401), **secured)
    def read_profile() -> Profile:
        return Profile(**profile)

    @app.patch("/profile", operation_id="changeProfile", responses=errors(401, *BODY), **secured)
    def change_profile(body: ProfileChange) -> Profile:
        given = body.model_dump(exclude_unset=True)
        before = dict(profile)
        together()
        profile.update({**before, **given} if faulty else given)
        return Profile(**profile)

    @app.post(
        "/vouchers", operation_id="makeVoucher", status_code=201, responses=errors(401), **secured
    )
    def make_voucher() -> Voucher:
        vouchers.add(f"v{next(numbers)}")
        return Voucher(voucher=max(vouchers, key=lambda each: int(each[1:])))

    @app.post("/redeem", operation_id="redeem", responses=errors(401, 409, *BODY), **secured)
    def redeem(body: Voucher) -> Done:
        if body.voucher not in vouchers:
            raise Refusal(409, "no such voucher, or used")
        together()
        with lock:
            if body.voucher not in vouchers and not faulty:
                raise Refusal(409, "no such voucher, or used")
            vouchers.discard(body.voucher)
        return Done(done=True)

    @app.post(
        "/purses", operation_id="openPurse", status_code=201, responses=errors(401), **secured
    )
    def open_purse() -> Purse:
        made = Purse(purse=next(numbers), pence=0, latest=0)
        purses[made.purse] = made
        return made

    @app.get(
        "/purses/{purse}", operation_id="readPurse", responses=errors(401, 404, 422), **secured
    )
    def read_purse(purse: int) -> Purse:
        if purse not in purses:
            raise Refusal(404, "there is none")
        return purses[purse]

    @app.post("/bank", operation_id="bank", responses=errors(403, 404, 413, *BODY))
    async def bank(
        request: Request, body: Event, x_sign: Annotated[str, Header(min_length=1)]
    ) -> Done:
        right = hmac.new(os.environ[SECRET].encode(), await request.body(), sha256).hexdigest()
        if x_sign != f"sha256={right}":
            raise Refusal(403, "not signed")
        known = purses.get(body.purse)
        if known is None:
            raise Refusal(404, "there is none")
        if body.event not in seen or faulty:
            seen[body.event] = body.stamp
            latest = max(known.latest, body.stamp)
            purses[body.purse] = Purse(
                purse=body.purse, pence=known.pence + body.pence, latest=latest
            )
        return Done(done=True)

    @app.post(
        "/pupils",
        operation_id="addPupil",
        status_code=201,
        responses=errors(401, 409, *BODY),
        **secured,
    )
    def add_pupil(body: Pupil) -> Made:
        if body.name in names:
            raise Refusal(409, "there is one of that name")
        together()
        with lock:
            if body.name in names and not faulty:
                raise Refusal(409, "there is one of that name")
            names.add(body.name)
            handle = f"p-{next(numbers):024}"
        ranks[handle] = "high"
        return Made(name=body.name, handle=handle)

    @app.put(
        "/pupils/{name}/rank", operation_id="setRank", responses=errors(401, 404, *BODY), **secured
    )
    def set_rank(name: str, body: Rank) -> Done:
        if name not in names:
            raise Refusal(404, "there is none")
        for handle in list(ranks):
            ranks[handle] = ranks[handle] if faulty else body.rank
        return Done(done=True)

    @app.post(
        "/pupils/{name}/stickers",
        operation_id="giveSticker",
        status_code=201,
        responses=errors(401, 404, 409),
        **secured,
    )
    def give_sticker(name: str) -> Done:
        if name not in names:
            raise Refusal(404, "there is none")
        if stickers.get(name, 0) >= STICKERS:
            raise Refusal(409, "there are enough")
        together()
        with lock:
            if stickers.get(name, 0) >= STICKERS and not faulty:
                raise Refusal(409, "there are enough")
            stickers[name] = stickers.get(name, 0) + 1
        return Done(done=True)

    @app.get("/vault", operation_id="openVault", responses=errors(401, 403), **secured)
    def vault(request: Request) -> Done:
        if ranks.get(caller(request), "high") != "high":
            raise Refusal(403, "not you")
        return Done(done=True)

    install(app, render)
    return app


clean = build(faulty=False)
app = build(faulty=True)
