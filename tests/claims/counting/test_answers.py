"""What the exact counts together answer to the sentences."""

import pandas as pd

from experiments import sources
from experiments.claims.counting import differentiate, distinct_functions, image_spaces
from experiments.report import answers
from tests.support import measured


def test_the_sentences_have_answers(counted):
    spaces = image_spaces.judge(measured(image_spaces, image_spaces.Settings()))
    inputs = differentiate.judge(measured(differentiate, differentiate.Settings(grey_levels=[2, 16])))
    made = [*spaces, *inputs, *distinct_functions.judge(counted)]

    def word(sentence):
        mine = [(one, bearing) for one in made for bearing in one.bears_on if bearing.sentence == sentence.id]
        rows = [
            {
                "role": bearing.role,
                "sign": answers.sign({"verdict": one.verdict, "existence": one.existence}, bearing, sentence),
                "evidence": one.evidence,
            }
            for one, bearing in mine
            if bearing.role != "control"
        ]
        return answers.word_of(pd.DataFrame(rows), sentence)[0]

    expected = {
        "image-space": answers.CONDITIONS,
        "configurations": answers.FAILS,
        "training-data-are-few": answers.HOLDS,
    }
    assert {one.id: word(one) for one in sources.sentences() if one.id in expected} == expected
