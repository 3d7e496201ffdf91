"""Makes the pictures of docs/tour.md from two finished result folders.

    der22 demo --out demo                      # and run the workflow on demo/config.yaml
    python benchmarks/docs/faulty_cohort.py --out faulty      # and on faulty/config.yaml
    python benchmarks/docs/screenshots.py --demo demo/results --faulty faulty/results

Needs Chromium. Every picture gets a line above it that says "synthetic". Look at each one
afterwards: the cuts are in points, and the layout of a page may change.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
OUT = Path(__file__).parents[2] / "docs/img"
COLOURS = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Attributes:
        name: of the file.
        folder: demo or faulty.
        page: address below the results folder, with the filters of the index after ``#``.
        window: width and height of the window.
        box: left, upper, right, lower of the cut.
    """

    name: str
    folder: str
    page: str
    window: tuple[int, int]
    box: tuple[int, int, int, int]


PICTURES = (
    Picture("index-plus", "demo", "index.html#ikzf1_class=IKZF1plus", (1300, 900),
            (60, 92, 1240, 780)),
    Picture("index-due", "faulty", "index.html#abl1_test=due", (1300, 900), (60, 92, 1240, 532)),
    Picture("patient-answer", "faulty", "patients/SYN0011.html", (1200, 1400),
            (110, 0, 1090, 850)),
    Picture("patient-mlpa", "demo", "patients/DAL002.html", (1200, 1800), (110, 665, 1090, 1312)),
    Picture("patient-abl1", "demo", "patients/DAL001.html", (1200, 3000), (110, 1230, 1090, 1840)),
    Picture("patient-mrd", "demo", "patients/DAL001.html", (1200, 3000), (110, 2360, 1090, 2960)),
    Picture("multiqc-attention", "faulty", "multiqc/multiqc_report.html", (1400, 2000),
            (240, 0, 1360, 660)),
    Picture("multiqc-remedy", "faulty", "multiqc/multiqc_report.html", (1400, 2000),
            (240, 1290, 1360, 1840)),
)  # fmt: skip
FIGURES = ("oncoprint", "cir_ikzf1_class")


def shoot(program: str, address: str, window: tuple[int, int], out: Path) -> None:
    """Take a picture of a page in a fresh profile."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program, *FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=9000",
            f"--window-size={window[0]},{window[1]}", f"--screenshot={out}", address,
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def mark(picture: Image.Image) -> Image.Image:
    """Return the picture with a line above it that says what it is."""
    size = (picture.width, picture.height + 28)
    marked = Image.new("RGB", size, "#fff3d6")
    marked.paste(picture, (0, 28))
    font = ImageFont.load_default(size=15)
    text = "synthetic: invented patients, invented data"
    ImageDraw.Draw(marked).text((10, 5), text, fill="#1f2933", font=font)
    return marked


def save(picture: Image.Image, name: str) -> None:
    """Save a picture with few colours."""
    OUT.mkdir(exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, required=True, help="results of the demo cohort")
    parser.add_argument("--faulty", type=Path, required=True, help="results of the faulty cohort")
    folders = vars(parser.parse_args())
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("no Chromium found")
    with tempfile.TemporaryDirectory() as scratch:
        shot = Path(scratch) / "shot.png"
        for picture in PICTURES:
            page, _, fragment = picture.page.partition("#")
            address = (folders[picture.folder].resolve() / page).as_uri()
            shoot(program, f"{address}#{fragment}", picture.window, shot)
            with Image.open(shot) as opened:
                cut = opened.convert("RGB").crop(picture.box)
            save(mark(cut), picture.name)
    for name in FIGURES:
        with Image.open(folders["demo"] / f"cohort/figures/{name}.png") as opened:
            figure = opened.convert("RGB")
        figure.thumbnail((1000, 1000))
        save(mark(figure), name)


if __name__ == "__main__":
    main()
