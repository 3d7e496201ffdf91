"""The file of a config: YAML -> plain values, refused where YAML would be too patient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from der22.errors import InputError, InputProblem, UnreadableFileError
from der22.formats.files import read_bytes

__all__ = ["read_config_file"]

_MAX_BYTES = 2**20


def read_config_file(path: Path) -> Any:
    """Return what the YAML of a config file holds.

    Raises:
        InputError: no such file, too large, no YAML, or a key that stands twice.
    """
    try:
        text = read_bytes(path, _MAX_BYTES).decode("utf-8-sig")
        content = yaml.load(text, Loader=_OneKeyLoader)
    except UnreadableFileError as error:
        reason = error.message.removeprefix(f"{path.name}: ")
        raise InputError([InputProblem(str(path), f"config: {reason}")]) from error
    except (yaml.YAMLError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        # the parser lets numbers and dates that cannot be through as errors of its own making
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
        what = "not valid YAML"
        if isinstance(error, yaml.constructor.ConstructorError) and "stands twice" in str(error):
            what = str(error.problem)
        raise InputError([InputProblem(path.name, f"{what}{place}")]) from error
    return content


class _OneKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen and key.value != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} stands twice; keep one", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)
