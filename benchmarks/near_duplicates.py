"""Near-duplicate texts at a million: time, memory, and how many planted edits are found."""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd

VOCABULARY = 60_000
LENGTHS = (6, 30)  # words, as short posts have them
EDITED = 0.05


def planted(n: int, seed: int = 0) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Invented texts and edits of some of them.

    Returns
    -------
    tuple
        n texts, and the positions of each edited text and of its original. An edit replaces, drops, adds or mistypes
        one to three words.
    """
    rng = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weight = 1 / np.arange(2, 28)
    words = np.array(
        ["".join(rng.choice(letters, k, p=weight / weight.sum())) for k in rng.integers(2, 11, VOCABULARY)], object
    )
    rank = 1 / np.arange(1, VOCABULARY + 1) ** 0.9
    n_edits = int(n * EDITED)
    originals = n - n_edits
    lengths = rng.integers(*LENGTHS, originals)
    drawn = words[rng.choice(VOCABULARY, int(lengths.sum()), p=rank / rank.sum())]
    ends = np.cumsum(lengths)
    texts = [" ".join(drawn[end - length : end]) for end, length in zip(ends, lengths, strict=True)]
    source = rng.choice(originals, n_edits, replace=False)
    for number in source:
        parts = texts[number].split()
        for _ in range(rng.integers(1, 4)):
            at, kind = int(rng.integers(len(parts))), int(rng.integers(4))
            word = str(words[rng.integers(VOCABULARY)])
            if kind == 0:
                parts[at] = word
            elif kind == 1 and len(parts) > 6:
                del parts[at]
            elif kind == 2:
                parts.insert(at, word)
            else:
                parts[at] = parts[at][:-1] + "x"
        texts.append(" ".join(parts))
    return texts, np.arange(originals, n), source


def near_duplicates(n: int = 1_000_000) -> pd.DataFrame:
    """Time, memory and recall of `investigate.similar.text_families` on `n` texts with planted edits.

    Recall is counted over the planted pairs whose exact Jaccard similarity is at least the threshold, and apart over
    those within 0.02 of it. The memory is that of the whole process, texts included.
    """
    import pyarrow as pa

    from investigate.similar import THRESHOLD, jaccard, text_families

    texts, edited, source = planted(n)
    text_families(texts[:1000])  # compiled before the clock starts
    array = pa.array(texts, pa.string())
    start = time.perf_counter()
    found = text_families(array)
    seconds = time.perf_counter() - start
    family = dict(zip(found.texts.to_pylist(), found.family.tolist(), strict=True))
    pairs = [(texts[a], texts[b]) for a, b in zip(edited, source, strict=True)]
    similarity = np.array([jaccard(a, b) for a, b in pairs])
    together = np.array([family[a] == family[b] for a, b in pairs])
    near = similarity >= THRESHOLD
    edge = near & (similarity < THRESHOLD + 0.02)
    return pd.DataFrame(
        [
            {
                "texts": f"{n:,}",
                "seconds": seconds,
                "peak GiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
                "planted pairs at 0.8 or more": int(near.sum()),
                "recall": float(together[near].mean()),
                "pairs from 0.80 to 0.82": int(edge.sum()),
                "recall there": float(together[edge].mean()),
                "by theory at 0.8": found.expected_recall,
                "pairs compared": found.n_compared,
                "families": len(found.sizes),
                "pairs not compared": found.n_not_compared,
            }
        ]
    )
