import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests" / "landscape" / "optimizers" / "torch_paths.json"


def test_writes_the_numbers_that_are_kept(tmp_path):
    """The same but for what other versions and processors round otherwise."""
    pytest.importorskip("torch", reason="torch is not installed: the numbers cannot be made again")
    command = [sys.executable, "-m", "tools.torch_paths", str(tmp_path / "again.json")]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    again, kept = json.loads((tmp_path / "again.json").read_text()), json.loads(KEPT.read_text())
    assert printed.strip() == again["provenance"]
    assert again["problems"] == kept["problems"]
    assert again["steps"] == kept["steps"]
    for mine, theirs in zip(again["paths"], kept["paths"], strict=True):
        assert {**mine, "theta": None} == {**theirs, "theta": None}
        np.testing.assert_allclose(mine["theta"], theirs["theta"], rtol=1e-10, atol=0)


def test_the_kept_file_is_small():
    assert KEPT.stat().st_size < 200_000
