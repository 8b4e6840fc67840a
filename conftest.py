"""Makes troth's profiles and options known in a checkout, however pytest was started."""

from troth import profile

profile.register()

# The entry point has the same name, so the plugin is never registered twice; this line serves
# PYTEST_DISABLE_PLUGIN_AUTOLOAD, under which entry points are not read.
pytest_plugins = ["troth.plugin"]
