"""The invented vocabulary: towns, things, topics, sites and handles that exist nowhere.

Every kind of account draws from the same words, the same sites and the same shapes of handle, so that nothing
but behaviour tells a planted group from the rest. Only mastheads and declared automated accounts say what they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Language:
    """A language's everyday sentences: one phrase from each slot, in order."""

    code: str
    share: float
    zones: tuple[int, ...]
    slots: tuple[tuple[str, ...], ...]


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


ENGLISH = Language(
    "en",
    0.70,
    (-8, -5, -5, 0, 0, 1, 8, 10),
    (
        _phrases(
            "Still thinking about the | Finally repaired the | Someone has painted the | We walked past the"
            " | Nobody told me about the | Today I carried the | My neighbour lent me the"
            " | Please do not move the | Just photographed the | I miss the | We are looking for the"
            " | They have replaced the | Children love the | Has anyone measured the | I would not sell the"
            " | Somebody cleaned the"
        ),
        _phrases(
            "green | blue | crooked | heavy | silent | wooden | copper | borrowed | striped | tiny | rusty"
            " | yellow | folding | second-hand | painted | broken"
        ),
        _phrases(
            "kettle | lantern | bicycle | rowing boat | kite | teapot | weathervane | bench | ladder"
            " | accordion | umbrella | piano | wheelbarrow | clock | signpost | drum"
        ),
        _phrases(
            "near the old mill | behind the bakery | by the tram stop | on the pier | under the footbridge"
            " | beside the pond | at the flea market | in the school yard | opposite the library"
            " | on the allotment | in the bandstand | at the ferry steps | beside the lighthouse"
            " | in our stairwell | on the roof terrace | at the end of the lane"
        ),
        _phrases(
            "before breakfast | after the rain | for the third time | and nobody noticed | with both hands"
            " | in the fog | on the way home | between two showers | while the bells rang | just for fun"
            " | at last | all afternoon"
        ),
    ),
)
SPANISH = Language(
    "es",
    0.12,
    (-5, -3, 1),
    (
        _phrases(
            "Hoy he visto | Acabo de arreglar | Alguien ha pintado | Mi vecina encontró | Ayer compramos"
            " | Nadie quiere | Me gusta mucho | Estoy buscando"
        ),
        _phrases(
            "una cometa | una tetera | una lámpara | una bicicleta | una escalera | una barca | una campana"
            " | una mesa | una rueda"
        ),
        _phrases("roja | vieja | pequeña | azul | torcida | pesada | amarilla | rota | nueva"),
        _phrases(
            "cerca del molino | detrás de la panadería | en el muelle | bajo el puente | junto al estanque"
            " | en la azotea | frente a la biblioteca | en la feria"
        ),
        _phrases(
            "antes del desayuno | después de la lluvia | por tercera vez | sin avisar a nadie | con mucha calma"
            " | camino de casa | esta misma tarde | entre la niebla"
        ),
    ),
)
GERMAN = Language(
    "de",
    0.12,
    (1,),
    (
        _phrases(
            "Heute gab es | Ich suche noch | Endlich repariert: | Jemand verschenkt | Wir fanden"
            " | Meine Tante hat | Niemand braucht | Gestern sah ich"
        ),
        _phrases(
            "eine alte | eine grüne | eine schiefe | eine kleine | eine schwere | eine leise | eine gelbe | eine bunte"
        ),
        _phrases("Laterne | Teekanne | Leiter | Lampe | Glocke | Trommel | Uhr | Schubkarre | Bank"),
        _phrases(
            "hinter der Bäckerei | neben der Mühle | am Bootssteg | unter der Brücke | auf dem Flohmarkt"
            " | vor der Bücherei | im Treppenhaus | am Teich"
        ),
        _phrases(
            "vor dem Frühstück | nach dem Regen | zum dritten Mal | ganz ohne Eile | im dichten Nebel"
            " | auf dem Heimweg | den ganzen Nachmittag | nur zum Spaß"
        ),
    ),
)
GREEK = Language(
    "el",
    0.06,
    (2,),
    (
        _phrases(
            "Σήμερα είδα | Μόλις επισκεύασα | Κάποιος έβαψε | Χθες βρήκαμε | Κανείς δεν θέλει | Ακόμα ψάχνω"
            " | Η γειτόνισσα πήρε"
        ),
        _phrases("ένα μικρό | ένα παλιό | ένα κίτρινο | ένα βαρύ | ένα μπλε | ένα ξύλινο | ένα σπασμένο"),
        _phrases("ποδήλατο | φανάρι | τραπέζι | ρολόι | πιάνο | παγκάκι | τύμπανο"),
        _phrases(
            "δίπλα στο λιμάνι | πίσω από τον φούρνο | κάτω από τη γέφυρα | κοντά στον μύλο | στην ταράτσα"
            " | μπροστά στη βιβλιοθήκη | στην αγορά"
        ),
        _phrases(
            "πριν από το πρωινό | μετά τη βροχή | για τρίτη φορά | χωρίς καμία βιασύνη | μέσα στην ομίχλη"
            " | στον δρόμο για το σπίτι | όλο το απόγευμα"
        ),
    ),
)
LANGUAGES = (ENGLISH, SPANISH, GERMAN, GREEK)

SHORT = _phrases(
    "Good morning all | Late again | What a day | Tea first | Who is up? | Thanks everyone | See you there"
    " | Not today | So true | Night all"
)

TOPICS = _phrases("gardening | cooking | trains | chess | birds | cycling | knitting | sailing | pottery | stargazing")
TAG_ENDINGS = _phrases(
    "| tips | club | week | photo | help | diary | swap | news | corner | talk | map | fair | morning | notes"
    " | school | questions | stories | basics | finds | evening | team | trail | shed"
)
GREEK_TAGS = _phrases(
    "κήπος | μαγειρική | τρένα | σκάκι | πουλιά | ποδήλατο | πλέξιμο | θάλασσα | πηλός | αστέρια | καλημέρα | βόλτα"
)

STORY = (
    _phrases("Tolvik | Brennick | Saltmere | Lower Quill | Vantley | Pell Harbour | Orrin Bay | Marnwick"),
    _phrases(
        "town hall | ferry company | tram depot | school board | harbour office | water works | market hall"
        " | night library | fire station"
    ),
    _phrases(
        "reopens | repairs | gives away | paints | counts | moves | closes | rebuilds | auctions | lends out"
        " | inspects | finds"
    ),
    _phrases(
        "the old swing bridge | forty copper kettles | its oldest ferry | the lamp post on Quay Row"
        " | the clock tower stairs | two hundred benches | a lost weathervane | the winter timetable"
        " | the roof garden | a crate of lanterns | the blue footbridge | every second signpost"
        " | the rowing boats | the village oven | the bell of the pilot house | the tram stop mural"
    ),
    _phrases(
        "after nine years | before the spring fair | because of the fog | in a single night"
        " | with help from pupils | for one week only | at no cost | despite the storm | after a long vote"
        " | ahead of the regatta | while repairs go on"
    ),
)
TAG = (
    _phrases("Keep | Bring Back | Paint | Count | Light | Move | Fix | Share | Free | Find | Ring | Ask About"),
    _phrases("The | Our | Every | That | Each"),
    _phrases("Green | Blue | Crooked | Copper | Wooden | Silent | Tiny | Rusty | Yellow | Folding | Striped"),
    _phrases(
        "Kettle | Lantern | Bicycle | Bench | Kite | Ladder | Clock | Piano | Drum | Boat | Signpost | Umbrella"
        " | Bridge"
    ),
    _phrases(
        "| Now | Today | Again | Week | Day | Please | Tomorrow | Together | Tonight | First | Once | Early | Soon"
    ),
)
SITES = tuple(
    f"{first}{last}.example"
    for first in ("quay", "lantern", "kettle", "pier", "tram", "mill", "pond", "harbour", "copper")
    for last in ("post", "-notes", "log", "-weekly", "board")
)
SECTIONS = ("news", "a", "story", "post", "2026/03", "local")

MASTHEADS = _phrases(
    "courier | post | herald | observer | gazette | mail | echo | chronicle | evening news | tribune | times"
    " | star | journal | dispatch"
)
SKIES = _phrases("clear | light rain | fog | cloudy | drizzle | sunny spells | strong wind")

_SYLLABLES = _phrases(
    "ta | mo | ril | ven | so | ka | lu | ber | ni | dor | fa | hel | jo | pim | quo | ras | sel | tu | wy"
    " | zan | bo | cre | dil | ep | gra | ho | ix | ju | kel | lor | mi"
)


def _decode(positions: Ints, slots: tuple[tuple[str, ...], ...], stride: int) -> list[tuple[str, ...]]:
    """Different phrases for different positions: a walk whose stride shares no factor with their number."""
    size = math.prod(len(slot) for slot in slots)
    if len(positions) and int(positions.max()) >= size:
        raise ValueError(f"the vocabulary holds {size:,} combinations, position {int(positions.max()):,} was asked for")
    while math.gcd(stride, size) != 1:
        stride += 1
    left = (positions * stride + stride // 3) % size
    columns = []
    for slot in slots:
        columns.append([slot[i] for i in (left % len(slot)).tolist()])
        left = left // len(slot)
    return list(zip(*columns, strict=True))


def stories(positions: Ints) -> list[str]:
    """One sentence of ten words or more per position; different positions give different sentences."""
    return [" ".join(parts) for parts in _decode(positions, STORY, 40_503)]


def tags(positions: Ints) -> list[str]:
    """One hashtag per position, such as '#KeepOurCopperKettle'; different positions give different tags."""
    return ["#" + "".join(parts).replace(" ", "") for parts in _decode(positions, TAG, 32_003)]


def links(positions: Ints) -> list[str]:
    """One address on an invented site per position; different positions give different addresses."""
    numbers = (positions * 2_654_435_761 + 97) % 2**32
    sites = (numbers >> 7) % len(SITES)
    sections = (numbers >> 13) % len(SECTIONS)
    return [
        f"https://{SITES[s]}/{SECTIONS[c]}/{n:08x}"
        for s, c, n in zip(sites.tolist(), sections.tolist(), numbers.tolist(), strict=True)
    ]


def handles(positions: Ints) -> list[str]:
    """One handle per position, such as 'tamoril27'; different positions give different handles."""
    slots = (_SYLLABLES, _SYLLABLES, _SYLLABLES, tuple(str(n) for n in range(1, 98)))
    return ["".join(parts) for parts in _decode(positions, slots, 1_299_709)]


def chatter(rng: np.random.Generator, language: Ints) -> list[str]:
    """One everyday sentence per entry of `language` (an index into LANGUAGES), drawn evenly."""
    out: list[str] = [""] * len(language)
    for index, spoken in enumerate(LANGUAGES):
        where = np.flatnonzero(language == index)
        columns = [[slot[i] for i in rng.integers(len(slot), size=len(where)).tolist()] for slot in spoken.slots]
        for at, parts in zip(where.tolist(), zip(*columns, strict=True), strict=True):
            out[at] = " ".join(parts)
    return out
