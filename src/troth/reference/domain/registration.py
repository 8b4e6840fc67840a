"""Registration: an account in the tenant that invited it, or with a new tenant of its own."""

import re
import unicodedata

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from troth.reference.domain import auth, verification
from troth.reference.domain.public_forms import Sender, count, digest
from troth.reference.passwords import hashed
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError
from troth.reference.schemas.accounts import NewAccount, Registered
from troth.reference.storage import invites, tenants, users
from troth.reference.storage.tables import Tenant, User, new_id

_UNINVITED = "This takes an invite that is valid, unused and for this address."
_TAKEN = "A user with this e-mail address exists."
_OTHERS = re.compile(r"[^a-z0-9]+")


def register(platform: Platform, sender: Sender, new: NewAccount) -> Registered:
    """A new account, logged in; all of it or nothing: a refused one leaves its invite unused."""
    count(platform, sender, "register", new.email)
    token = None if new.invite_token is None else digest(new.invite_token)
    with platform.database.read() as db:
        # The invite comes first: whoever has none does not learn who has an account.
        if not _welcome(platform, db, token, new.email):
            raise _uninvited(platform)
        if users.by_email(db, new.email) is not None:
            raise ProblemError(409, _TAKEN)
    stored = hashed(new.password)
    try:
        with platform.database.write() as db:
            home, role = _home(platform, db, token, new)
            user = User(
                tenant_id=home.id,
                email=new.email.lower(),
                display_name=new.display_name,
                role=role,
                password_hash=stored,
                origin="signup",
            )
            db.add(user)
            db.flush()
            tokens = auth.begin(platform, db, user, home)
            verification.write(platform, db, user)
    except IntegrityError:  # a twin of this request was faster
        raise ProblemError(409, _TAKEN) from None
    sender.trace.principal = user.id
    return Registered(
        **tokens.model_dump(), tenant_slug=home.slug, email=user.email, email_verified=False
    )


def _welcome(platform: Platform, db: Session, token: str | None, email: str) -> bool:
    if token is None:
        return platform.settings.signup_policy == "public"
    return invites.usable(db, token, email)


def _uninvited(platform: Platform) -> ProblemError:
    # Where anybody may register it is the invite alone that stands in the way.
    return ProblemError(409 if platform.settings.signup_policy == "public" else 403, _UNINVITED)


def _home(
    platform: Platform, db: Session, token: str | None, new: NewAccount
) -> tuple[Tenant, str]:
    """Where the account will be, and as what; the invite is used up."""
    if token is not None:
        invite = invites.spend(db, token, new.email)
        if invite is None:
            raise _uninvited(platform)
        home = None if invite.tenant_id is None else db.get(Tenant, invite.tenant_id)
        if home is not None:
            return home, invite.role
    return _founded(db, new.tenant_name or new.display_name), "owner"


def _founded(db: Session, name: str) -> Tenant:
    """A new tenant; where the plain slug is taken, its own id makes it another."""
    id_, plain = new_id(), slug_of(name)
    if tenants.by_slug(db, plain) is None:
        try:
            with db.begin_nested():
                return _added(db, Tenant(id=id_, slug=plain, name=name, origin="signup"))
        except IntegrityError:  # somebody else's, this very moment
            pass
    return _added(db, Tenant(id=id_, slug=f"{plain[:27]}-{id_[-12:]}", name=name, origin="signup"))


def _added(db: Session, tenant: Tenant) -> Tenant:
    db.add(tenant)
    db.flush()
    return tenant


def slug_of(name: str) -> str:
    """A slug for a name in whatever script; one that has no Latin letter is called `tenant`."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _OTHERS.sub("-", latin).strip("-")
    if not slug or not slug[0].isalpha():
        slug = f"tenant-{slug}"
    slug = slug[:40].strip("-")
    return slug if len(slug) > 1 else f"tenant-{slug}"
