"""Read out a network's scores over a strip: CTC (Graves et al., "Connectionist temporal classification", 2006).

Scores are natural logarithms, (steps, 1 + signs): column 0 is none, then come the signs, the digits 0 to 9 where
nothing else is said. Over all strings the probabilities of a strip sum to 1, so that a string's is its posterior.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from formreader.records import Flags, Floats

LogProbabilities = npt.NDArray[np.float32]
"""(steps, 1 + signs)."""

DIGITS = "0123456789"

SYMBOLS = "0123456789.,-/*$="
"""What an amount holds; `$` is any currency sign."""


def likeliest_strings(
    scores: LogProbabilities,
    *,
    beams: int = 8,
    least: float = 1e-3,
    poor: float = 1e-4,
    signs: str = DIGITS,
    can_begin: Callable[[str], bool] | None = None,
) -> list[tuple[str, float]]:
    """The likeliest strings of signs and their probabilities, likeliest first (prefix beam search, Hannun 2014).

    `least`: what a column gives less is not followed, nor is a beginning that is `poor` beside the likeliest, nor one
    that cannot begin what is looked for.
    """
    prefixes: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # probability ending in none, and in the last sign
    closed, scale = True, 1.0  # no prefix ends in a sign; what all probabilities are still to be multiplied by
    for none, likely in _followed(scores, least, signs):
        if not likely and closed:
            scale *= none
            continue
        closed = not likely
        if closed:
            prefixes = {prefix: ((ended + open_) * none, 0.0) for prefix, (ended, open_) in prefixes.items()}
            continue
        grown = _grown(prefixes, none, likely, can_begin)
        ranked = sorted(((ended + open_, prefix) for prefix, (ended, open_) in grown.items()), reverse=True)[:beams]
        low = poor * ranked[0][0]
        prefixes = {prefix: (grown[prefix][0], grown[prefix][1]) for whole, prefix in ranked if whole >= low}
    return sorted(((text, scale * sum(both)) for text, both in prefixes.items()), key=lambda item: -item[1])


def _followed(
    scores: LogProbabilities, least: float, signs: str
) -> Iterator[tuple[float, Sequence[tuple[str, float]]]]:
    """Of each step the probability of none, and of each sign that has `least` or more."""
    chances = np.exp(scores.astype(np.float64))
    likely: list[list[tuple[str, float]]] = [[] for _ in chances]
    steps, columns = np.nonzero(chances[:, 1:] >= least)
    for step, sign, chance in zip(steps.tolist(), columns.tolist(), chances[steps, columns + 1].tolist(), strict=True):
        likely[step].append((signs[sign], chance))
    return zip(chances[:, 0].tolist(), likely, strict=True)


def _grown(
    prefixes: Mapping[str, tuple[float, float]],
    none: float,
    likely: Sequence[tuple[str, float]],
    can_begin: Callable[[str], bool] | None,
) -> Mapping[str, Sequence[float]]:
    """The prefixes after one more step: each with the probability that it ends in none, and in its last sign.

    `none`, `likely`: the step's probability of none, and of each sign that is followed.
    """
    grown: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for prefix, (ended, open_) in prefixes.items():
        whole = ended + open_
        grown[prefix][0] += whole * none
        last = prefix[-1:]
        for digit, chance in likely:
            if digit == last:
                grown[prefix][1] += open_ * chance
            if can_begin is None or can_begin(prefix + digit):
                grown[prefix + digit][1] += (ended if digit == last else whole) * chance
    return grown


def string_log_likelihood(scores: LogProbabilities, text: str, *, signs: str = DIGITS) -> float:
    """Logarithm of the probability that the strip holds just `text`: the forward recursion."""
    return float(string_log_likelihoods(scores, [text], signs=signs)[0])


def string_log_likelihoods(
    scores: LogProbabilities, texts: Sequence[str], *, signs: str = DIGITS, often: int = 8
) -> Floats:
    """(n,) `string_log_likelihood` of each text, all at once; -inf where it is next to impossible.

    Probabilities themselves are added up, several times as fast as their logarithms; so `often`, in steps, they are
    made large again (Rabiner, 1989).
    """
    each = [_states(text, signs) for text in texts]
    longest = max(map(len, each))
    states, jumps = np.zeros((len(texts), longest), np.int64), np.zeros((len(texts), longest))
    for own, its_states, its_jumps in zip(each, states, jumps, strict=True):
        its_states[: len(own)], its_jumps[: len(own)] = own, _jumps(own)
    chances = np.exp(scores.astype(np.float64))[:, states]
    before = np.zeros((len(texts), longest + 2))  # two columns in front, from which nothing comes
    before[:, 2:4] = chances[0, :, :2]
    scale = np.zeros(len(texts))
    for step, row in enumerate(chances[1:], 1):
        before[:, 2:] = (before[:, 2:] + before[:, 1:-1] + before[:, :-2] * jumps) * row
        if step % often == 0:
            most = before.max(1)
            most[most == 0] = 1
            before /= most[:, None]
            scale += np.log(most)
    ends = np.array([len(own) + 1 for own in each])
    every = np.arange(len(texts))
    with np.errstate(divide="ignore"):  # nothing is as likely as it is small
        total = np.log(before[every, ends] + np.where(ends > 2, before[every, ends - 1], 0))
    return np.asarray(scale + total, np.float64)


def aligned(scores: LogProbabilities, text: str, *, signs: str = DIGITS) -> list[float]:
    """At which step each sign of `text` stands, the middle of its steps on the best path; ValueError where none."""
    states = _states(text, signs)
    if (places := _on_best_path(scores, states)) is not None:
        return places
    jumps = _jumps(states)
    best = np.full(len(states), -np.inf)
    best[:2] = scores[0, states[:2]]
    back = np.zeros((len(scores), len(states)), np.int64)
    for step, row in enumerate(scores[1:], 1):
        ways = np.full((3, len(states)), -np.inf)
        ways[0], ways[1, 1:] = best, best[:-1]
        ways[2, 2:] = np.where(jumps[2:], best[:-2], -np.inf)
        back[step] = ways.argmax(0)
        best = ways.max(0) + row[states]
    at = len(states) - 1 if len(states) == 1 or best[-1] >= best[-2] else len(states) - 2
    if not math.isfinite(best[at]):
        raise ValueError(f"{text!r} does not fit into {len(scores)} steps")
    visited: dict[int, list[int]] = defaultdict(list)
    for step in range(len(scores) - 1, -1, -1):
        visited[at].append(step)
        at -= int(back[step, at])
    return [float(np.mean(visited[2 * index + 1])) for index in range(len(text))]


def _on_best_path(scores: LogProbabilities, states: npt.NDArray[np.int64]) -> list[float] | None:
    """`aligned` where the best of all paths spells the text, as it nearly always does; else None."""
    path = scores.argmax(1)
    starts = np.flatnonzero(np.concatenate([[True], path[1:] != path[:-1]]))
    ends = np.append(starts[1:], len(path)) - 1
    signs = path[starts] > 0
    if not np.array_equal(path[starts][signs], states[1::2]):
        return None
    return [float(place) for place in (starts[signs] + ends[signs]) / 2]


def _states(text: str, signs: str) -> npt.NDArray[np.int64]:
    """None before, between and after the digits."""
    states = np.zeros(2 * len(text) + 1, np.int64)
    states[1::2] = [signs.index(sign) + 1 for sign in text]
    return states


def _jumps(states: npt.NDArray[np.int64]) -> Flags:
    """Where none may be left out before a digit: after another digit than itself."""
    jumps = np.zeros(len(states), bool)
    jumps[3::2] = states[3::2] != states[1:-2:2]
    return jumps
