"""The README's example runs and prints what it says."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_what_its_comments_say(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\)\s+# (.*)", code)
    assert printed[0] == promised[0] == "[-0.7059, -1.3342, -1.3342]"
    assert printed[1] == promised[1] == "True"
    assert printed[2].startswith("model.kind=function&model.name=false_minima&")


def test_it_names_the_two_commands_and_its_pictures_are_there():
    assert "make run" in TEXT
    assert "make test" in TEXT
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", TEXT, re.DOTALL)
    kinds = {".png": b"\x89PNG", ".svg": b"<svg"}
    assert len(pictures) == 2
    for picture in map(ROOT.joinpath, pictures):
        assert picture.read_bytes().startswith(kinds[picture.suffix])
