"""Where the configuration that comes with troth lies: in a wheel, or in a checkout."""

from pathlib import Path

from troth.errors import UsageError


def conf_dir() -> Path:
    """``troth/conf`` of an installed wheel, else ``conf`` of the checkout. Raises UsageError."""
    package = Path(__file__).resolve().parents[1]
    # A checkout installed as editable has no `conf` in the package: src/troth is what is imported.
    places = (package / "conf", package.parents[1] / "conf")
    for place in places:
        if (place / "profiles.toml").is_file():
            return place
    raise UsageError(
        f"troth's own configuration is not in {' nor in '.join(map(str, places))}; reinstall troth"
    )
