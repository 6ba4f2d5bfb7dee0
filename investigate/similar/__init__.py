"""Contents that are nearly the same: texts by their shingles, pictures by their perceptual hashes.

Pure functions over texts and hashes; `investigate.relations.similar_text` and `similar_media` make relations of them.

Texts
-----
A text is the set of its overlapping pieces of three characters (two in scripts written without spaces), taken from
the normal form. Two texts are near-duplicates when the Jaccard similarity of the two sets is at least 0.8.

Why three characters and not words: published work uses sets of five words, which suits articles. Half of all posts
have 11 words or fewer, and one changed word destroys five of their seven pieces. Share of edited texts that stay at
0.8 or above, on 3,000 distinct texts of each set (one word replaced, one deleted, one letter mistyped):

=============  =======================  =======================  =======================
pieces         archive tweets (Merkel)  boxing match (control)   Telegram news
=============  =======================  =======================  =======================
1 word         0.75  1.00  0.70         0.71  1.00  0.65         0.96  1.00  0.95
3 words        0.09  0.20  0.11         0.08  0.20  0.15         0.70  0.76  0.69
5 words        0.05  0.14  0.08         0.05  0.13  0.11         0.47  0.53  0.47
2 characters   0.78  0.96  1.00         0.84  0.92  1.00         0.97  0.99  1.00
3 characters   0.62  0.91  1.00         0.71  0.89  0.99         0.95  0.99  1.00
5 characters   0.40  0.71  0.90         0.49  0.73  0.87         0.91  0.96  0.99
=============  =======================  =======================  =======================

Two characters find more and confuse more: of all pairs of ordinary posts, one in a thousand then reaches 0.52 (Telegram:
0.53), with three characters 0.38 (0.23).
"""

from .media import DISTANCES, HashFamilies, distance, hash_families, parse_hash
from .texts import THRESHOLD, TextFamilies, jaccard, shingles, text_families

__all__ = [
    "DISTANCES",
    "THRESHOLD",
    "HashFamilies",
    "TextFamilies",
    "distance",
    "hash_families",
    "jaccard",
    "parse_hash",
    "shingles",
    "text_families",
]
