"""What pages know of settings and versions is what ``provenance.json`` says, or nothing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from der22.mrd.settings import MrdSettings
from der22.results.provenance import Provenance, read_provenance
from der22.settings import describe_settings
from der22.words import Phase


def test_settings_and_time_points_come_back(tmp_path: Path) -> None:
    """A value in force is found by its key, and time points have their days and phase again."""
    content = {"versions": {"der22": "1"}, "settings": {"mrd": describe_settings(MrdSettings())}}
    text = json.dumps(content, default=dataclasses.asdict)
    (tmp_path / "provenance.json").write_text(text, encoding="utf-8")
    found = read_provenance(tmp_path)
    assert found.versions == {"der22": "1"}
    assert found.setting("mrd", "timepoints")[0]["name"] == "diagnosis"
    assert found.setting("mrd", "none") is found.setting("mlpa", "timepoints") is None
    first, second, *_, last = found.timepoints
    assert (first.name, first.phase, first.is_follow_up) == ("diagnosis", Phase.DIAGNOSIS, False)
    assert (second.first_day, second.last_day, second.is_follow_up) == (15, 33, True)
    assert (last.phase, last.first_day) == (Phase.CONSOLIDATION, None)


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    """A folder without the file has no versions, no settings and no time points."""
    found = read_provenance(tmp_path)
    assert found == Provenance()
    assert found.timepoints == ()
