"""Where the configuration that comes with troth lies: in a wheel, or in a checkout."""

from pathlib import Path


def conf_dir() -> Path:
    """``troth/conf`` of an installed wheel, else ``conf`` of the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "conf"
    return installed if installed.is_dir() else package.parents[1] / "conf"
