"""Draws every scene again: `python3 screenshots/make.py [name ...]`.

Writes the pictures in this folder and the texts in `tests/golden/scenes/` that the tests compare with. Look at both
before you commit them: they say how the console looks.
"""

import asyncio
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]
for name in ("NO_COLOR", "SSH_CONNECTION"):
    os.environ.pop(name, None)

from drawing import draw  # noqa: E402
from scenes import SCENES, render  # noqa: E402

MOST_BYTES = 200_000


def main(names: list[str]) -> None:
    """Draw the named scenes, or all."""
    for scene in SCENES:
        if names and scene.name not in names:
            continue
        picture = asyncio.run(render(scene))
        scene.golden.parent.mkdir(parents=True, exist_ok=True)
        scene.golden.write_text(picture.text, "utf-8", newline="\n")
        if scene.publish:
            svg = draw(picture.strips, scene.title, picture.text)
            if len(svg.encode()) > MOST_BYTES:
                raise SystemExit(f"{scene.name}: {len(svg.encode())} bytes are too many for a picture")
            (HERE / f"{scene.name}.svg").write_text(svg, "utf-8", newline="\n")
        print(scene.name)


if __name__ == "__main__":
    main(sys.argv[1:])
