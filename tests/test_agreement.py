"""Coefficients equal published and hand-computed values; ties and gaps are said so."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import agreement, tables
from helpers.analysis.agreement import (
    alpha_interval,
    cohen_kappa,
    gwet_ac,
    krippendorff_alpha,
    linear_weights,
    mean_kappa,
    percent_agreement,
    reliability,
)


def matrix(text: str, first: int = 1) -> np.ndarray:
    """Return ratings, values counted from 0, a star for missing."""
    rows = [line.split() for line in text.strip().splitlines()]
    return np.array([[-1 if cell == "*" else int(cell) - first for cell in row] for row in rows])


def four_observers() -> np.ndarray:
    """Return example C of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).

    Four observers, twelve units, values 1 to 5, some missing.
    """
    return matrix(
        """
        1 2 3 3 2 1 4 1 2 * * *
        1 2 3 3 2 2 4 1 2 5 * 3
        * 3 3 3 2 3 4 2 2 5 1 *
        1 2 3 3 2 4 4 1 2 5 1 *
        """
    )


@pytest.mark.parametrize(("ordered", "published"), [(False, 0.743), (True, 0.815)])
def test_alpha_of_four_observers_with_gaps_is_the_published_one(
    ordered: bool, published: float
) -> None:
    assert krippendorff_alpha(four_observers(), ordered) == pytest.approx(published, abs=0.0006)


def test_alpha_of_two_observers_and_two_values_is_the_published_one() -> None:
    # Example A of the same paper: ten articles, alpha 0.095.
    ratings = matrix("0 1 0 0 0 0 0 0 1 0\n1 1 1 0 0 1 0 0 0 0", first=0)

    assert krippendorff_alpha(ratings) == pytest.approx(0.095, abs=0.0006)


def test_alpha_of_two_observers_and_five_values_is_the_published_one() -> None:
    # Example B: twelve units, values a to e, alpha 0.692.
    rows = ["aabbdcccedda", "babbbccceddd"]
    ratings = np.array([["abcde".index(letter) for letter in row] for row in rows])

    assert krippendorff_alpha(ratings) == pytest.approx(0.692, abs=0.0006)


def from_table(*rows: list[int]) -> np.ndarray:
    """Return the ratings of two coders from their contingency table."""
    table = np.array(rows)
    first, second = np.indices(table.shape)
    return np.stack([np.repeat(side.ravel(), table.ravel()) for side in (first, second)])


def from_counts(*rows: list[int]) -> np.ndarray:
    """Return ratings from how many coders gave each code to each unit."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in rows]).T


def two_abstractors() -> np.ndarray:
    """Return the table of two abstractors of Gwet, Handbook of Inter-Rater Reliability (2014).

    As printed, with its results, in the overview and the weighting vignette of his R package irrCAC
    (data set cont3x3abstractors).
    """
    return from_table([13, 0, 0], [0, 20, 7], [0, 4, 56])


def fifteen_patients() -> np.ndarray:
    """Return the first fifteen patients of Fleiss (1971), six diagnoses each, as codes.

    As Gwet prints them, with the results, in the overview of irrCAC (data set distrib.6raters).
    """
    return from_counts(
        [0, 0, 0, 6, 0],
        [0, 3, 0, 0, 3],
        [0, 1, 4, 0, 1],
        [0, 0, 0, 0, 6],
        [0, 3, 0, 3, 0],
        [2, 0, 4, 0, 0],
        [0, 0, 4, 0, 2],
        [2, 0, 3, 1, 0],
        [2, 0, 0, 4, 0],
        [0, 0, 0, 0, 6],
        [1, 0, 0, 5, 0],
        [1, 1, 0, 4, 0],
        [0, 3, 3, 0, 0],
        [1, 0, 0, 5, 0],
        [0, 2, 0, 3, 1],
    )


def thirty_patients() -> np.ndarray:
    """Return all thirty patients of Fleiss (1971), rater by rater as in the R package irr.

    Raters are the columns of its data set diagnoses, which sorts each patient's six diagnoses.
    """
    rows = """
        444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333
        144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224
        111155 224444 133333 555555
    """
    return np.array([[int(code) - 1 for code in row] for row in rows.split()]).T


def quadratic_weights(n_codes: int) -> np.ndarray:
    return 1 - (np.subtract.outer(np.arange(n_codes), np.arange(n_codes)) / (n_codes - 1)) ** 2


def test_two_abstractors_have_the_published_coefficients() -> None:
    ratings = two_abstractors()

    assert percent_agreement(ratings) == pytest.approx(89)
    assert cohen_kappa(*ratings) == pytest.approx(0.7964094, abs=5e-8)
    assert krippendorff_alpha(ratings) == pytest.approx(0.7972585, abs=5e-8)
    assert gwet_ac(ratings, 3) == pytest.approx(0.8493305, abs=5e-8)
    assert gwet_ac(ratings, 3, quadratic_weights(3)) == pytest.approx(0.9402369, abs=5e-8)


def test_six_raters_of_fifteen_patients_have_the_published_coefficients() -> None:
    ratings = fifteen_patients()

    assert percent_agreement(ratings) == pytest.approx(55.11111, abs=5e-6)
    assert krippendorff_alpha(ratings) == pytest.approx(0.4204384, abs=5e-8)
    assert gwet_ac(ratings, 5) == pytest.approx(0.4448007, abs=5e-8)


def test_four_raters_with_gaps_have_the_published_coefficients() -> None:
    # Gwet (2014), as in irrCAC (data set cac.raw4raters): the data of `four_observers`, one rating
    # apart, and a unit with one rating, which counts for what prevails.
    ratings = matrix(
        """
        1 2 3 3 2 1 4 1 2 * * *
        1 2 3 3 2 2 4 1 2 5 * *
        * 3 3 3 2 3 4 2 2 5 1 3
        1 2 3 3 2 4 4 1 2 5 1 *
        """
    )

    assert percent_agreement(ratings) == pytest.approx(81.81818, abs=5e-6)
    assert krippendorff_alpha(ratings) == pytest.approx(0.74342, abs=5e-6)
    assert gwet_ac(ratings, 5) == pytest.approx(0.77544, abs=5e-6)
    assert gwet_ac(ratings, 5, quadratic_weights(5)) == pytest.approx(0.914, abs=5e-5)


def test_kappa_of_six_raters_is_the_mean_over_pairs_that_light_proposed() -> None:
    # Light (1971) on the diagnoses of Fleiss (1971): 0.459, as the R package irr gives it.
    assert mean_kappa(thirty_patients()) == pytest.approx(0.459, abs=5e-4)
    # Two of the raters: 0.631, the example of irr's kappa2.
    assert cohen_kappa(*thirty_patients()[1:3]) == pytest.approx(0.631, abs=5e-4)


def test_weighted_kappa_of_ordered_scores_is_the_published_one() -> None:
    # The second and third rater of the R package irr's data set anxiety, weights "equal"; its
    # scores 1, 2, 3, 4 and 6 are taken for five neighbours.
    second = "3 6 4 6 2 4 2 4 3 3 2 3 3 3 2 2 1 3 3 4".replace("6", "5")
    third = "2 1 4 4 3 2 1 6 1 1 1 2 3 3 1 1 3 3 2 2".replace("6", "5")
    ratings = matrix(f"{second}\n{third}")

    assert cohen_kappa(*ratings, ordered=True) == pytest.approx(0.1459075, abs=5e-8)
    assert cohen_kappa(*ratings) == pytest.approx(-0.006289308, abs=5e-8)


def test_one_disagreement_among_equal_ratings_is_the_paradox() -> None:
    ratings = np.array([[0] * 12 + [1], [0] * 13])

    assert krippendorff_alpha(ratings) == pytest.approx(0)
    assert cohen_kappa(*ratings) == pytest.approx(0)
    assert percent_agreement(ratings) == pytest.approx(1200 / 13)
    assert gwet_ac(ratings, 2) > 0.9


def test_missing_values_beside_agreement_do_not_count() -> None:
    ratings = np.array([[0, 1, -1, 1, -1], [0, 1, 0, -1, -1], [-1, 1, -1, -1, 1]])

    assert krippendorff_alpha(ratings) == pytest.approx(1)
    assert percent_agreement(ratings) == 100
    assert mean_kappa(ratings) == pytest.approx(1)
    assert gwet_ac(ratings, 2) == pytest.approx(1)


def test_agreement_on_one_code_alone_is_defined_for_gwet_only() -> None:
    ratings = np.zeros((3, 4), np.int64)

    assert gwet_ac(ratings, 3) == 1
    assert np.isnan([mean_kappa(ratings), krippendorff_alpha(ratings)]).all()
    nobody_twice = np.array([[0, -1], [-1, 1]])
    assert np.isnan([gwet_ac(nobody_twice, 2), percent_agreement(nobody_twice)]).all()
    with pytest.raises(ValueError, match="n_codes must be at least 2"):
        gwet_ac(ratings, 1)


def test_near_codes_agree_more_on_an_ordered_scale() -> None:
    near, far = np.array([[0, 1, 2, 2], [0, 1, 2, 1]]), np.array([[0, 1, 2, 2], [0, 1, 2, 0]])

    assert linear_weights(3).tolist() == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert gwet_ac(near, 3, linear_weights(3)) > gwet_ac(far, 3, linear_weights(3))


def test_kappa_of_a_two_by_two_table() -> None:
    # 45 of 100 both yes, 25 both no, 15 and 15 apart: observed 0.70, by chance
    # 0.60 * 0.60 + 0.40 * 0.40 = 0.52, so (0.70 - 0.52) / 0.48.
    first = np.array([1] * 45 + [1] * 15 + [0] * 15 + [0] * 25)
    second = np.array([1] * 45 + [0] * 15 + [1] * 15 + [0] * 25)

    assert cohen_kappa(first, second) == pytest.approx(0.18 / 0.48)


def test_linear_weights_by_hand() -> None:
    # Observed: one unit one apart, one unit two apart, so 3/6. By chance: the first coder
    # gives each value twice, the second 4, 1 and 1 times; products times distances are
    # 2*(1+2) + 2*(4+1) + 2*(8+1) = 34 of 36.
    first, second = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 0, 0, 2])

    assert cohen_kappa(first, second, ordered=True) == pytest.approx(1 - (3 / 6) / (34 / 36))


def test_the_same_disagreement_weighs_more_when_codes_are_far_apart() -> None:
    near = cohen_kappa(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]), ordered=True)
    far = cohen_kappa(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]), ordered=True)

    assert near > far


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("ratings", [[[1, 1, 1], [1, 1, 1]], [[-1, 0], [0, -1]], [[], []]])
def test_fewer_than_two_values_leave_coefficients_undefined(
    ratings: list[list[int]], ordered: bool
) -> None:
    table = np.array(ratings, dtype=np.int64)

    assert np.isnan(krippendorff_alpha(table, ordered))
    assert np.isnan(cohen_kappa(table[0], table[1], ordered))
    assert np.isnan(alpha_interval(table, ordered, n_resamples=5)).all()


ratings_of_two = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(ratings_of_two, st.booleans())
def test_coders_may_be_swapped_and_perfect_agreement_is_one(
    pairs: list[tuple[int, int]], ordered: bool
) -> None:
    first, second = (np.array(column) for column in zip(*pairs, strict=True))
    swap = krippendorff_alpha(np.stack([second, first]), ordered)
    same = krippendorff_alpha(np.stack([first, first]), ordered)

    assert krippendorff_alpha(np.stack([first, second]), ordered) == pytest.approx(
        swap, nan_ok=True
    )
    assert np.isnan(same) or same == pytest.approx(1)
    kappa = cohen_kappa(first, second, ordered)
    assert kappa == pytest.approx(cohen_kappa(second, first, ordered), nan_ok=True)


def test_the_interval_is_repeatable_and_holds_alpha() -> None:
    ratings = np.array([[0, 0, 1, 1, 2, 2, 0, 1], [0, 0, 1, 2, 2, 2, 0, 1]])
    low, high = alpha_interval(ratings, n_resamples=400, seed=1)

    assert (low, high) == alpha_interval(ratings, n_resamples=400, seed=1)
    assert low <= krippendorff_alpha(ratings) <= high


def test_perfect_agreement_has_no_interval() -> None:
    assert np.isnan(alpha_interval(np.array([[0, 1, 1], [0, 1, 1]]), n_resamples=5)).all()


def test_wrong_shapes_and_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        krippendorff_alpha(np.array([0, 1]))
    with pytest.raises(ValueError, match="differ in length: 1 and 2"):
        cohen_kappa(np.array([0]), np.array([0, 1]))
    with pytest.raises(ValueError, match="at least 1"):
        alpha_interval(np.array([[0, 1], [1, 1]]), n_resamples=0)


def codings(variable: str, codes: dict[str, str]) -> pd.DataFrame:
    """Return codings of one variable; a word in brackets is a status."""
    rows = []
    for state, code in codes.items():
        open_ = code.startswith("(")
        status = code.strip("()") if open_ else "coded"
        rows.append((state, variable, status, "" if open_ else code))
    return pd.DataFrame(rows, columns=["state", "variable", "status", "code"])


def test_silence_is_a_category_in_one_version_and_missing_in_the_other() -> None:
    first = codings("combat_troops", {"ARM": "none", "IRN": "regular", "SYR": "(silent)"})
    second = codings("combat_troops", {"ARM": "none", "IRN": "(silent)", "SYR": "(silent)"})
    table = reliability(first, second, n_resamples=10).set_index("silent_as")

    assert table.loc["category", ["n_agree", "n_states", "n_values"]].tolist() == [2, 3, 3]
    assert table.loc["missing", ["n_agree", "n_states", "n_values"]].tolist() == [1, 1, 1]
    assert table["scale"].to_dict() == {"category": "nominal", "missing": "ordinal"}
    assert np.isnan(table.loc["missing", "kappa"])
    assert table.loc["missing", "percent_agreement"] == 100


def test_undecided_and_silent_are_not_the_same() -> None:
    first = codings("alliance", {"ARM": "(silent)"})
    second = codings("alliance", {"ARM": "(undecided)"})

    assert reliability(first, second, n_resamples=5).iloc[0]["n_agree"] == 0


def test_sets_are_compared_member_by_member() -> None:
    first = codings("turns_to", {"KAZ": "china;turkey", "ARM": "west"})
    second = codings("turns_to", {"KAZ": "turkey", "ARM": "west"})
    table = reliability(first, second, n_resamples=5).query("silent_as == 'missing'")

    agree = table.set_index("member")["n_agree"]
    assert agree.to_dict() == {"china": 1, "turkey": 2, "west": 2}


def test_a_state_that_one_coder_did_not_read_is_left_out() -> None:
    first = codings("alliance", {"ARM": "none", "IRN": "none"})
    second = codings("alliance", {"ARM": "none"})

    assert reliability(first, second, n_resamples=5)["n_states"].tolist() == [1, 1]


def test_disagreements_name_codes_and_statuses_and_ignore_the_order_of_a_set() -> None:
    first = codings("turns_to", {"KAZ": "china;turkey", "ARM": "west"})
    second = codings("turns_to", {"KAZ": "turkey;china", "ARM": "(silent)"})

    assert agreement.disagreements(first, second).to_numpy().tolist() == [
        ["ARM", "turns_to", "west", "(silent)"]
    ]


def test_the_readable_table_says_what_is_not_defined() -> None:
    first = codings("alliance", {"ARM": "none", "IRN": "none"})
    second = codings("alliance", {"ARM": "none", "IRN": "(silent)"})
    table = reliability(first, second, n_resamples=20)
    missing = tables.reliability_table(table, "missing").iloc[0]

    assert missing["agree"] == "1 of 1"
    assert missing[["kappa", "alpha", "95% interval of alpha"]].tolist() == ["not defined"] * 3
    with pytest.raises(ValueError, match="allowed: category, missing"):
        tables.reliability_table(table, "gone")


def test_one_coder_is_not_enough() -> None:
    coded = codings("alliance", {"ARM": "none"})
    with pytest.raises(ValueError, match="two codings"):
        reliability(coded, coded.iloc[:0])


def test_two_coders_who_agree_have_no_interval_in_the_table() -> None:
    coded = codings("alliance", {"ARM": "none", "IRN": "partnership"})
    table = tables.reliability_table(reliability(coded, coded, n_resamples=5), "missing")

    assert table.iloc[0][["alpha", "95% interval of alpha"]].tolist() == ["1.00", "none: all agree"]


def test_one_state_alone_has_no_interval_in_the_table() -> None:
    one, other = (codings("alliance", {"ARM": code}) for code in ("none", "partnership"))
    table = tables.reliability_table(reliability(one, other, n_resamples=5), "missing")

    assert table.iloc[0][["alpha", "95% interval of alpha"]].tolist() == ["0.00", "none: one state"]
