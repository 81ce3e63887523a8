"""The scaling script's picture, drawn by Chromium."""

from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

from benchmarks.scaling import Line, Sizes, figure, save


def test_the_picture_is_an_svg_with_a_panel_for_each_size_that_is_doubled(tmp_path):
    measured = [
        Line("dense", doubled, [Sizes(1, 1, 1), Sizes(1, 1, 1)._replace(**{doubled: 2})], [])
        for doubled in Sizes._fields
    ]
    with ThreadPoolExecutor(1) as elsewhere:  # this thread may have a browser open already
        elsewhere.submit(save, figure(measured, [[1.0, 1.5]] * 3), tmp_path / "scaling.svg").result()
    root = ElementTree.parse(tmp_path / "scaling.svg").getroot()
    assert root.tag.endswith("svg")
    words = " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))
    for title in ("samples doubled", "grid doubled per side", "hidden units doubled", "time per unit of work", "dense"):
        assert title in words
