"""Names and rules proposed from the words around rows of cells."""

import numpy as np

from formreader.draft.labels import Text, as_name, phrases
from formreader.draft.propose import propose_names, propose_rules
from formreader.records import Box, Floats
from formreader.template import DateRule, SumRule


def row(left: float, top: float, count: int) -> Floats:
    return np.array([[left + 40 * i, top, left + 40 * (i + 1), top + 50] for i in range(count)], np.float64)


def words(text: str, left: float, top: float) -> list[Text]:
    """A line of words, 10 pixels a letter, 20 high."""
    made = []
    for word in text.split():
        made.append(Text(word, Box(left, top, left + 10 * len(word), top + 20)))
        left += 10 * len(word) + 10
    return made


def test_words_of_a_line_and_lines_of_a_label_go_together() -> None:
    found = phrases([*words("Number of", 100, 100), *words("pieces", 100, 124), *words("far away", 600, 100)])
    assert sorted(text.text for text in found) == ["Number of\npieces", "far away"]


def test_a_name_is_plain_and_short() -> None:
    assert as_name("4. Numéro de compte :") == "numero_de_compte"
    assert as_name("Total (A + B)") == "total"
    assert as_name("1.") == ""
    assert as_name("Day 12") == "day_12"
    assert len(as_name("many " * 30)) <= 40
    assert as_name("a word of " + "letters" * 3 + " and letters" * 2, words=9) == "word_of_letterslettersletters_and"


def test_a_field_is_called_by_the_label_left_of_it_or_above_it() -> None:
    rows = [row(300, 100, 4), row(300, 300, 6), row(700, 500, 2)]
    printed = [*words("Account:", 180, 115), *words("Postal code", 300, 275)]
    assert propose_names(rows, printed) == ["account", "postal_code", "field_3"]


def test_names_that_repeat_are_numbered() -> None:
    rows = [row(300, 100, 4), row(300, 300, 4)]
    assert propose_names(rows, [*words("Code", 200, 115), *words("Code", 200, 315)]) == ["code", "code_2"]


def test_a_cell_of_a_table_is_called_by_its_line_and_column() -> None:
    rows = [row(300, 100, 3), row(500, 100, 3), row(300, 160, 3), row(500, 160, 3)]
    heads = [*words("Men", 330, 70), *words("Women", 530, 70)]
    printed = [*heads, *words("Present", 150, 115), *words("Absent", 150, 175)]
    assert propose_names(rows, printed) == ["present_men", "present_women", "absent_men", "absent_women"]


def test_lines_of_a_table_may_have_numbers_alone_and_its_columns_cells_of_another_count() -> None:
    rows = [row(300, 100, 3), row(500, 100, 6), row(300, 160, 3), row(500, 160, 6), row(300, 220, 4), row(500, 220, 7)]
    heads = [*words("Count", 330, 70), *words("Value", 570, 70)]
    printed = [*heads, *words("100", 150, 115), *words("50", 150, 175), *words("Total", 150, 235)]
    names = propose_names(rows, printed)
    assert names == ["count_100", "value_100", "count_50", "value_50", "total_count", "total_value"]
    assert [rule.equals for rule in propose_rules(rows, names, printed) if isinstance(rule, SumRule)] == names[4:]


def test_a_head_may_be_that_of_two_fields() -> None:
    rows = [row(left, top, 2) for top in (100, 160) for left in (300, 420, 600, 720)]
    heads = [*words("Begin", 375, 70), *words("End", 675, 70)]
    names = propose_names(rows, [*heads, *words("Monday", 150, 115), *words("Tuesday", 150, 175)])
    assert names[:4] == ["monday_begin", "monday_begin_2", "monday_end", "monday_end_2"]


def test_a_paragraph_above_names_nothing_nor_does_what_stands_before_other_cells() -> None:
    rows = [row(360, 100, 5), row(300, 200, 2), row(440, 200, 2), row(580, 200, 4)]
    text = "please fill in this form with a dark pen and send it back to the office"
    printed = [*words(text, 300, 40), *words("Fee", 150, 115), *words("Rp", 320, 115), *words("Date", 150, 215)]
    printed += [*words("/", 395, 215), *words("/", 535, 215)]
    names = propose_names(rows, printed)
    assert names == ["rp", "date", "date_2", "date_3"]
    assert [rule.name for rule in propose_rules(rows, names, printed)] == ["date"]


def test_labels_that_begin_alike_are_told_apart_by_their_ends() -> None:
    rows = [row(500, 100, 3), row(500, 300, 3)]
    printed = words("Votes for the list of the north", 150, 115) + words("Votes for the list of the south", 150, 315)
    assert propose_names(rows, printed) == ["votes_for_the_list_of_the_north", "votes_for_the_list_of_the_south"]


def test_day_month_and_year_in_one_line_are_a_date() -> None:
    rows = [row(200, 100, 2), row(400, 100, 2), row(600, 100, 4)]
    printed = [*words("Day", 160, 115), *words("Month", 330, 115), *words("Year", 540, 115)]
    names = propose_names(rows, printed)
    assert propose_rules(rows, names, printed) == [DateRule(name="date", date=["day", "month", "year"])]
    assert propose_rules(rows, ["field_1", "field_2", "field_3"], []) == []


def test_a_total_and_a_formula_are_sums() -> None:
    rows = [row(400, 100 + 60 * i, 3) for i in range(4)]
    printed = [
        *words("apples", 200, 115),
        *words("pears", 200, 175),
        *words("plums", 200, 235),
        *words("Total", 200, 295),
    ]
    (rule,) = propose_rules(rows, propose_names(rows, printed), printed)
    assert isinstance(rule, SumRule)
    assert (rule.sum, rule.equals) == (["apples", "pears", "plums"], "total")
    printed[-1:] = words("All (2 + 3)", 200, 295)
    (rule,) = propose_rules(rows, propose_names(rows, printed), printed)
    assert isinstance(rule, SumRule)
    assert (rule.sum, rule.equals) == (["pears", "plums"], "all")
