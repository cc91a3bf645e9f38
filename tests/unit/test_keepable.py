"""What other systems say is kept without what no database keeps."""

from hub.errors import ErpRefused
from hub.keepable import keepable, keepable_document


def test_text_loses_control_characters_and_halves_of_letters():
    assert keepable("a\x00b\ud800c\x1bd\x7fe\tf\ng ü 😀") == "abcde\tf\ng ü 😀"


def test_a_structure_loses_them_in_names_and_values_at_any_depth():
    assert keepable_document({"a\x00": ["\ud800x", {"b": ("c\x00", 1, None)}]}) == {
        "a": ["x", {"b": ["c", 1, None]}]
    }


def test_the_words_of_a_refusal_can_be_kept():
    refused = ErpRefused("no\x00 such\ud800 vendor")

    assert (refused.words, refused.message) == ("no such vendor", "no such vendor")
