"""The wheel has one top-level name and carries the suites; the lock is current and public."""

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def uv():
    """Path of uv, with which the README's two commands begin."""
    found = shutil.which("uv")
    if found is None:
        pytest.fail("uv is not on PATH: pip install uv")
    return found


@pytest.fixture(scope="module")
def built(uv, tmp_path_factory):
    """The names in a freshly built wheel, by way of the source distribution."""
    out = tmp_path_factory.mktemp("dist")
    made = subprocess.run(
        [uv, "build", "--quiet", "--out-dir", str(out), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_has_one_top_level_name(built):
    tops = {name.split("/")[0] for name in built}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"troth"}


def test_the_wheel_carries_every_module_suite_and_data_file(built):
    def files(folder, pattern="*"):
        return {
            path.relative_to(ROOT / folder).as_posix()
            for path in (ROOT / folder).rglob(pattern)
            if path.is_file() and "__pycache__" not in path.parts
        }

    wanted = {f"{name}" for name in files("src")}
    for suite in ("fuzz", "properties", "security"):
        wanted |= {f"troth/suites/{suite}/{name}" for name in files(suite)}
    wanted |= {f"troth/conf/{name}" for name in files("conf")}
    carried = {name for name in built if name.startswith("troth/")}
    assert carried == wanted


def test_the_licence_is_in_the_wheel(built):
    assert [name for name in built if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_lock_is_up_to_date(uv):
    checked = subprocess.run(
        [uv, "lock", "--check", "--offline", "--project", str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, f"run `uv lock`: {checked.stderr}"


def test_the_lock_names_the_public_index_only():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    sources = {tuple(each["source"].items()) for each in lock["package"]}
    assert sources == {(("registry", "https://pypi.org/simple"),), (("editable", "."),)}
    hosts = set(re.findall(r'url = "(https?://[^/"]+)', (ROOT / "uv.lock").read_text()))
    assert hosts == {"https://files.pythonhosted.org"}


def test_pytest_options_keep_their_teeth():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    pytest_options = options["pytest"]["ini_options"]
    assert pytest_options["filterwarnings"][0] == "error"
    assert pytest_options["xfail_strict"] is True
    assert "no:schemathesis" in pytest_options["addopts"]
    assert options["ruff"]["lint"]["select"] == ["ALL"]
    assert options["mypy"]["strict"] is True


def test_every_ruff_ignore_has_its_reason():
    inside = False
    for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("[tool."):
            inside = line.startswith("[tool.ruff.lint")
        if inside and re.match(r'\s+"[A-Z]+\d*",', line):
            assert "#" in line, f"an ignore without a reason: {line.strip()}"
