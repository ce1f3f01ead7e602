"""Words that people type: each means one name, and is answered with it where it is not taken."""

import dataclasses

import pytest

from experiments import synonyms
from experiments.claims.own._settings import Trained
from experiments.settings import RunSettings, defaults

CHOICES = {
    field.name: field.metadata.get("choices") or ()
    for schema in (RunSettings, Trained)
    for field in dataclasses.fields(schema)
}


def test_every_word_means_a_name_that_there_is_and_is_none_itself():
    known = {*defaults(Trained), "restarts"}
    assert set(synonyms.SETTINGS.values()) <= known
    assert not set(synonyms.SETTINGS) & known
    for setting, words in synonyms.VALUES.items():
        choices = CHOICES[synonyms.SETTINGS.get(setting, setting)]
        assert not set(words) & set(choices), setting
        assert {*words} == {synonyms.spelt(word) for word in words}, setting
        # An output has fewer functions than a hidden layer, and the same words.
        assert set(words.values()) <= {*choices, *CHOICES["activation"]}, setting


@pytest.mark.parametrize(
    ("setting", "word", "choices", "said"),
    [
        ("activation", "relu", ("tanh", "rectifier"), "here it is called rectifier. Allowed: rectifier, tanh."),
        ("activation", "Leaky_ReLU", ("leaky-rectifier",), "here it is called leaky-rectifier. Allowed: "),
        ("activation", "Tanh", ("tanh",), "here it is called tanh. Allowed: tanh."),
        ("device", "CUDA", ("cpu", "gpu"), "here it is called gpu. Allowed: cpu, gpu."),
        ("loss", "bce", ("cross-entropy", "squared"), "here it is called cross-entropy. Allowed: "),
        # The name that is meant is not allowed here, or the word means something for another setting only.
        ("activation", "relu", ("tanh", "sine"), "allowed: sine, tanh."),
        ("schedule", "sin", ("sine",), "did you mean sine? Allowed: sine."),
        # It is adam with a decay besides: not the same.
        ("optimizer", "adamw", ("adam", "sgd"), "did you mean adam? Allowed: adam, sgd."),
    ],
)
def test_a_word_is_answered_with_the_name_that_is_meant(setting, word, choices, said):
    assert synonyms.unknown_value(setting, word, choices).startswith(said)


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("lr", ["steps", "learning_rate"], "did you mean learning_rate? Allowed: "),
        ("epochs", ["steps", "width"], "did you mean steps? Allowed: "),
        ("epochs", ["width"], "allowed: width."),
        ("widht", ["width"], "did you mean width? Allowed: width."),
    ],
)
def test_a_setting_is_answered_with_the_one_that_is_meant(name, known, said):
    assert synonyms.unknown_setting(name, known).startswith(said)
