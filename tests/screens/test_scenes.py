"""Every scene looks as its golden text says, and the published pictures show the same."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from scenes import SCENES, Scene, acted, look, settled

PICTURES = Path(__file__).parent.parent.parent / "screenshots"
REMEDY = "if it is meant to look like this: python3 screenshots/make.py, and look at the pictures"
SVG = "{http://www.w3.org/2000/svg}"
CELL = (8.4, 17.0)
MOST_BYTES = 200_000
SHAPE = re.compile("[ \u2500-\u259f\u2800-\u28ff]")
"""Blanks, and what is drawn as lines, blocks and dots or may be: no letters."""
PUBLISHED = [scene for scene in SCENES if scene.publish]


def name_of(scene: Scene) -> str:
    return scene.name


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
async def test_a_scene_looks_as_it_should(scene: Scene) -> None:
    golden = scene.golden.read_text("utf-8")
    async with acted(scene) as (app, pilot):
        picture = await settled(app, pilot)
        for _ in range(20):  # a screen may come to rest for a moment before it is complete
            if picture.text == golden:
                break
            await pilot.pause()
            picture = look(app)
        assert picture.text.splitlines() == golden.splitlines(), REMEDY


@pytest.mark.parametrize("scene", PUBLISHED, ids=name_of)
def test_a_published_picture_shows_the_scene(scene: Scene) -> None:
    path = PICTURES / f"{scene.name}.svg"
    golden = scene.golden.read_text("utf-8")
    assert path.stat().st_size < MOST_BYTES
    root = ET.parse(path).getroot()
    assert root.findtext(f"{SVG}title") == scene.title, REMEDY
    assert root.findtext(f"{SVG}desc") == golden, REMEDY
    assert drawn(root) == written(golden), REMEDY


def test_nothing_is_left_over() -> None:
    assert {path.stem for path in PICTURES.glob("*.svg")} == {scene.name for scene in PUBLISHED}
    folder = SCENES[0].golden.parent
    assert {path.stem for path in folder.iterdir()} == {scene.name for scene in SCENES}


def test_pictures_load_nothing_from_elsewhere() -> None:
    for scene in PUBLISHED:
        text = (PICTURES / f"{scene.name}.svg").read_text("utf-8")
        assert "@font-face" not in text
        assert not re.search(r"(?:href|src|url)\s*[=(]", text)


def drawn(root: ET.Element) -> set[tuple[int, int, str]]:
    """Row, column and sign of every letter in a picture; lines, blocks and dots are no letters there."""
    letters = set()
    for text in root.iter(f"{SVG}text"):
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        row, column = int(y // CELL[1]), round(x / CELL[0])
        letters |= {(row, column + index, sign) for index, sign in enumerate(text.text or "") if not SHAPE.match(sign)}
    return letters


def written(golden: str) -> set[tuple[int, int, str]]:
    """The same of a golden text."""
    signs = ((row, column, sign) for row, line in enumerate(golden.splitlines()) for column, sign in enumerate(line))
    return {place for place in signs if not SHAPE.match(place[2])}
