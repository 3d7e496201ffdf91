"""stub"""
from __future__ import annotations
from dataclasses import dataclass
from typing import Any
@dataclass(frozen=True, slots=True)
class Fault:
    code: str = ""
    variant: str = ""
    truth: Any = None
    product: Any = None
    injection: Any = None
    header: Any = None
    tags: Any = None
    content: Any = None
    loads_other: bool = False
    blasts_blank: bool = False
def find_fault(text: str | None) -> Fault:
    return Fault()
