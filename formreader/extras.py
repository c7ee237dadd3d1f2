"""What is only installed on request: asked for here before it is imported, so that its absence has a remedy."""

from importlib.util import find_spec

from formreader.errors import ModelError


def require_training(*modules: str) -> None:
    """Raise ModelError where one of `modules` of the extra `train` is not installed."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ModelError(f"{', '.join(missing)} not installed. Training needs: pip install 'formreader[train]'")


def require_pictures() -> None:
    """Raise ModelError where matplotlib, which draws the pictures, is not installed."""
    if find_spec("matplotlib") is None:
        raise ModelError("matplotlib not installed. Pictures need: pip install 'formreader[train]'")
