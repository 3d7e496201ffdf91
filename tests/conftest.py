"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real instrument files, named by DER22_REAL_DATA."""
    folder = os.environ.get("DER22_REAL_DATA")
    if not folder:
        pytest.skip("DER22_REAL_DATA is not set: no real instrument files to try")
    return Path(folder)
