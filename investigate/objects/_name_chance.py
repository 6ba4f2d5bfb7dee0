"""How likely a name is by chance, learnt from the other names of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

_ORDER = 4
_END = "\n"


class LetterModel:
    """How likely a folded stem is, by the letters of the other names.

    A letter model of order four with interpolated Witten-Bell smoothing. A stem is judged without the names under
    test: their own letters are taken out of the counts first, so that a name does not make itself likely.

    Parameters
    ----------
    stems : mapping of str to int
        How many names of accounts have the stem.

    References
    ----------
    Witten & Bell (1991), doi:10.1109/18.87000
    """

    def __init__(self, stems: Mapping[str, int]) -> None:
        self._grams = _grams(stems)
        self._total: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        for gram, n in self._grams.items():
            self._total[gram[:-1]] += n
            self._kinds[gram[:-1]] += 1
        # Letters never seen share what smoothing leaves: as many as were seen, and at least the Latin ones.
        self._letters = max(2 * self._kinds[""], 64)

    def chance(self, stem: str, without: Mapping[str, int], edits: int = 0) -> float:
        """The probability that a name taken at random has this stem, or one within so many edits of it.

        Parameters
        ----------
        stem : str
        without : mapping of str to int
            Stems of the names under test, each as often as it stands in the data.
        edits : int
            0, 1 or 2. An edit frees one letter: the probabilities with each letter freed in turn, three kinds of edit.
        """
        steps = self._steps(stem, _grams(without))
        exact = float(np.exp(-np.sum(steps)))
        if not edits:
            return exact
        freed = 3 * float(np.sum(np.exp(steps)))
        return min(1.0, exact * (1 + freed + (freed * freed / 2 if edits > 1 else 0)))

    def _steps(self, stem: str, own: Counter[str]) -> np.ndarray:
        """The surprise of each letter and of the end, in nats."""
        total: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for gram, n in own.items():
            total[gram[:-1]] += n
            kinds[gram[:-1]] += self._grams[gram] == n
        padded = "^" * (_ORDER - 1) + stem + _END
        out = []
        for i in range(_ORDER - 1, len(padded)):
            p = 1 / self._letters
            for k in range(_ORDER):
                context = padded[i - k : i]
                n, t = self._total[context] - total[context], self._kinds[context] - kinds[context]
                if n <= 0:
                    break
                gram = padded[i - k : i + 1]
                p = (self._grams[gram] - own[gram] + t * p) / (n + t)
            out.append(-np.log(p))
        return np.array(out)


def _grams(stems: Mapping[str, int]) -> Counter[str]:
    """Letter groups of one to four letters, each with the letters before it, as often as their stems stand there."""
    out: Counter[str] = Counter()
    for stem, n in stems.items():
        padded = "^" * (_ORDER - 1) + stem + _END
        for i in range(_ORDER - 1, len(padded)):
            for k in range(_ORDER):
                out[padded[i - k : i + 1]] += n
    return out


class WordModel:
    """How likely a folded stem is, as words of the other names in a row: first names, surnames, slogans.

    Parameters
    ----------
    names : iterable of iterables of str
        The folded words of each name (`name_tokens`).
    """

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        self._count: Counter[str] = Counter()
        for words in names:
            self._count.update(words)
        self._total = self._count.total()
        self._longest = max(map(len, self._count), default=0)

    def chance(self, stem: str, without: Iterable[Iterable[str]]) -> float:
        """The probability of the likeliest way to write the stem as words of other names; 0 where there is none."""
        own: Counter[str] = Counter()
        for words in without:
            own.update(words)
        total = self._total - own.total()
        if total <= 0 or not stem:
            return 0.0
        best = [1.0] + [0.0] * len(stem)
        for end in range(1, len(stem) + 1):
            for start in range(max(0, end - self._longest), end):
                if best[start]:
                    word = stem[start:end]
                    n = self._count[word] - own[word] if word in self._count else 0
                    # A single letter is a word of some names; taken alone it would spell everything.
                    if n > 0 and (end - start > 1 or len(stem) == 1):
                        best[end] = max(best[end], best[start] * n / total)
        return best[-1]


def number_chance(numbers: Counter[str], number: str, n_names: int, without: int) -> float:
    """The probability that a name ends in exactly this number.

    Its share among the other names plus ten to minus its digits, so that years and favourite numbers are not taken for
    rare; at most 1.
    """
    others = max(n_names - without, 1)
    if not number:
        return min(1.0, max(numbers[""] - without, 1) / others)
    return min(1.0, max(numbers[number] - without, 0) / others + 10.0 ** -len(number))
