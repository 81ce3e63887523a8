from typing import Literal

import pytest
from pydantic import ValidationError

from landscape.datasets.sized import Sized


class Pair(Sized):
    kind: Literal["pair"] = "pair"
    split: Literal["many", "few", "all"] = "many"

    @classmethod
    def held(cls, split):
        return {"many": 1000, "few": 3, "all": 1003}[split]


def test_the_default_is_what_the_split_can_fill():
    assert [Pair(split=split).samples for split in ("many", "few", "all")] == [100, 3, 100]
    assert Pair(split="few", samples="2").samples == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"split": "few", "samples": 4}, "Samples must be at most 3 for the few split. Got 4."),
        ({"split": "all", "samples": 1004}, "Samples must be at most 1003. Got 1004."),
        ({"split": "none of them"}, "Split must be many, few or all. Got none of them."),
        ({"split": ["few"]}, "Split must be many, few or all. Got few."),
        ({"split": None}, "Split must be many, few or all. Got none."),
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields, sentence):
    with pytest.raises(ValidationError) as caught:
        Pair(**fields)
    assert [error["msg"] for error in caught.value.errors()] == [sentence]
