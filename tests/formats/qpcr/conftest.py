"""The writers of small exports, as a fixture."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def writers() -> ModuleType:
    """Writers of every kind of export; see plate_writers.py."""
    name = "qpcr_plate_writers"
    if name not in sys.modules:
        path = Path(__file__).with_name("plate_writers.py")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
