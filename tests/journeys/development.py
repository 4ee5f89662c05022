"""The usual settings as a development server has them: with the style guide."""

from clinic.settings import *  # noqa: F403 - settings are a module of names

MODE = "development"
