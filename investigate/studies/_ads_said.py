"""The study of advertising in sentences: bottom line, key numbers, answers and the reasons for missing ones, limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..findings import Finding
from ..study import Answer
from ._ads_findings import ranges
from ._ads_money import never_shown, written
from ._ads_picture import Picture
from ._ads_reports import answer as reports_answer
from ._making import counted

NO_ADS = "the data hold no ads, only lists of indicators; an ad export would answer it"


def bottom_line(p: Picture, found: list[Finding]) -> str:
    supported = [f for f in found if f.status == "supported"]
    if not p.has_ads:
        shared = p.carried[p.carried["degree"] >= 2].drop_duplicates(["object_type", "object_id"])
        free = int(shared["held_back"].eq("").sum())
        came = f"{len(p.judged):,} {'match' if len(p.judged) == 1 else 'matches'} came out of that"
        return (
            f"These data hold no ads. {len(shared):,} identifiers stand beside more than one site or report; {free:,} of them "
            f"may tie, the others are shared services or too weak. {came}: leads, and no more, because a match of indicators "
            "says nothing about who runs a site."
        )
    said = [f"{counted(len(p.ads), 'ad')} that belong to {p.ads['account_id'].nunique():,} pages or landing places."]
    if supported:
        pages = sum(f.n_members for f in supported)
        said.append(
            f"{counted(len(supported), 'network')} with {counted(pages, 'page')} {'is' if len(supported) == 1 else 'are'} tied by two "
            "independent families of identifiers and shows a sign of deceiving: a person should review a sample."
        )
    leads = [j for j in p.judged if j.grade == "E1"]
    if leads:
        said.append(
            f"{counted(len(leads), 'more group' if supported else 'group')} of pages hang together and stay leads."
        )
    if not p.judged:
        said.append("No group of pages hangs together by what the data hold.")
    if money := ranges(p.ads):
        said.append(f"Spend, by currency: {'; '.join(money)}.")
    return " ".join(said)


def numbers(p: Picture) -> tuple[tuple[str, Any], ...]:
    if not p.has_ads:
        shared = p.carried[p.carried["degree"] >= 2].drop_duplicates(["object_type", "object_id"])
        return (
            ("Accounts (sites, reports)", int(p.settings["n_accounts"])),
            ("Identifiers shared by several", len(shared)),
            ("Of these, may tie", int(shared["held_back"].eq("").sum())),
            ("Matches", len(p.judged)),
        )
    never, known, *_ = never_shown(p.ads)
    out: list[tuple[str, Any]] = [
        ("Ads", len(p.ads)),
        ("Pages or landing places", int(p.ads["account_id"].nunique())),
        ("Groups of pages", len(p.judged)),
        ("Ads that run", len(p.live)),
    ]
    if known:
        out.append(("Never shown", f"{never / known:.1%}"))
    for row in p.spend[p.spend["n_stated"] > 0].head(3).itertuples():
        label = f"Spend in {row.currency}" + ("" if row.reliable else " (unreliable)")
        out.append((label, written("", row.spend_low, row.spend_high, row.n_open).strip()))
    return tuple(out)


def answers(p: Picture) -> list[Answer]:
    """One answer, or a reason, per question of the template."""
    told = list(_answers(p))
    return [Answer(q, a, "" if a else because, ref if a else "") for q, (a, because, ref) in told]


def _answers(p: Picture) -> Iterator[tuple[str, tuple[str, str, str]]]:
    ref = "tables/{}.csv".format
    yield "Which ads belong together?", (_together(p), NO_ADS, ref("ad_networks"))
    yield (
        "Which identifiers tie the pages?",
        (_ties(p), "no identifier is carried by two accounts", ref("ad_identifiers")),
    )
    yield "What is promised, and to whom?", (_promised(p), _no_text(p), ref("ad_creatives"))
    yield "In whose name?", (_name(p), _no_brands(p), ref("ad_lookalikes"))
    yield "How are checks evaded?", (_evaded(p), _not_evaded(p), ref("ad_pages"))
    yield "How much was spent?", (_spent(p), NO_ADS if not p.has_ads else "no ad states an amount", ref("ad_spend"))
    yield (
        "How often were the ads shown?",
        (_shown(p), NO_ADS if not p.has_ads else "no ad says how often it was shown", ref("ad_spend")),
    )
    yield "Which ads are still live?", (_live(p), NO_ADS if not p.has_ads else _no_state(p), ref("ad_live"))
    yield (
        "How long do ads run?",
        (_lasting(p), NO_ADS if not p.has_ads else "no ad states both its beginning and its end", ref("ad_survival")),
    )
    yield (
        "Who comes along if one acts on the identifiers?",
        (_along(p), "no group of pages was found", ref("ad_collateral")),
    )
    yield (
        "Was any of it removed before?",
        (_before(p), "no list of earlier removals was given (known_removed)", ref("ad_returned")),
    )
    yield (
        "What do victims report?",
        (
            reports_answer(p.reports, int(p.settings["victim_reports"])),
            "no victim reports were given (victim_reports)"
            + (", and the case's queue does not say which ad a ticket is about" if p.has_reports else ""),
            ref("ad_reported"),
        ),
    )
    yield "What hangs on the reported seeds?", (_reached(p), "no seeds were given (seeds)", ref("ad_reached"))


def _reached(p: Picture) -> str:
    if not p.settings["seeds"]:
        return ""
    hops = p.reached["hops"].value_counts().sort_index()
    away = ["at the seeds themselves" if hop == 0 else "after " + counted(int(hop), "hop") for hop in hops.index]
    far = ", ".join(f"{n:,} {where}" for n, where in zip(hops, away, strict=True))
    other = (
        f" {counted(p.n_elsewhere, 'group')} without any of them {'is' if p.n_elsewhere == 1 else 'are'} not told of."
        if p.n_elsewhere
        else ""
    )
    inside = int((p.reached["network"] != "").sum())
    return f"{counted(len(p.reached), 'page')} within {p.settings['hop_limit']} hops ({far}); {inside:,} of them in {counted(len(p.judged), 'group')}.{other}"


def _together(p: Picture) -> str:
    if not p.has_ads:
        return ""
    pages = {page for j in p.judged for page in j.network.pages}
    own = p.ads["account_id"].isin(pages)
    few = f"{p.settings['min_network_ads']} ads" + (" that run" if p.settings["count_ads"] == "live" else "")
    small = f" {p.n_small} groups with fewer than {few} are not told of." if p.n_small else ""
    texts = p.creatives[p.creatives["n_pages"] > 1] if len(p.creatives) else p.creatives
    same = (
        f" {counted(len(texts), 'text')} of six words or more came back, nearly equal, on several pages."
        if len(texts)
        else ""
    )
    return (
        f"{int(own.sum()):,} of {len(p.ads):,} ads belong to {counted(len(p.judged), 'group')} of pages that share identifiers; "
        f"{counted(p.n_pairs, 'more pair')} of pages share one.{small}{same}"
    )


def _ties(p: Picture) -> str:
    shared = p.carried[p.carried["degree"] >= 2].drop_duplicates(["object_type", "object_id"])
    if shared.empty:
        return ""
    free = shared[shared["held_back"] == ""]
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in free["object_type"].value_counts().sort_index().items())
    back = shared[shared["held_back"] != ""]
    why = ", ".join(f"{n:,} {reason}" for reason, n in back["held_back"].value_counts().sort_index().items())
    return (
        f"{len(shared):,} identifiers are carried by two accounts or more: {len(free):,} may tie{f' ({kinds})' if kinds else ''}, "
        f"{len(back):,} are held back{f' ({why})' if why else ''}."
    )


def _promised(p: Picture) -> str:
    if not p.has_ads or p.creatives.empty:
        return ""
    top = p.creatives.iloc[0]
    quote = str(top["example"])[:160]
    return (
        f"The text that comes back on most pages ({top['n_pages']:,} pages, {top['n_ads']:,} ads) reads, in normal form: "
        f"“{quote}”. To whom: the data name no audience that a person could be told by; see the ads' languages and the "
        "audiences among the identifiers."
    )


def _no_text(p: Picture) -> str:
    return "no ad text of six words or more comes back" if p.has_ads else NO_ADS


def _name(p: Picture) -> str:
    if not p.settings["brands"] or not p.has_ads:
        return ""
    close = p.lookalikes[p.lookalikes["close"].astype(bool)] if len(p.lookalikes) else p.lookalikes
    if close.empty:
        return f"No landing domain and no page name is close to one of {p.settings['brands']:,} protected brands."
    what = ", ".join(f"{n:,} {kind}" for kind, n in close["what"].value_counts().sort_index().items())
    return f"{len(close):,} names look like {counted(close['brand'].nunique(), 'protected brand')} ({what}); that is a likeness, and no proof of intent."


def _no_brands(p: Picture) -> str:
    return "no list of protected brands was given (brands)" if p.has_ads else NO_ADS


def _evaded(p: Picture) -> str:
    if not p.has_ads:
        return ""
    said = []
    for signal, words in (
        ("new_page", f"were younger than {p.settings['new_page_days']} days at their first ad"),
        ("name_changed", "changed their name"),
        ("ad_before_content", "advertised before they had posted anything"),
    ):
        known = p.pages[signal].dropna()
        if len(known):
            said.append(f"{int(known.astype(bool).sum()):,} of {len(known):,} pages {words}")
    if p.settings["redirects"]:
        moved = int(p.chains["other_site"].sum()) if len(p.chains) else 0
        said.append(f"{moved:,} landing links end on another site than they begin")
    if p.settings["brands"]:
        close = int(p.lookalikes["close"].sum()) if len(p.lookalikes) else 0
        said.append(f"{close:,} names look like a protected brand")
    return "; ".join(said) + "." if said else ""


def _not_evaded(p: Picture) -> str:
    if not p.has_ads:
        return NO_ADS
    return "the data hold no age and no name history of pages and no other posts, and neither brands nor redirects were given"


def _spent(p: Picture) -> str:
    if not p.spend["n_stated"].sum() if len(p.spend) else True:
        return ""
    said = []
    for r in p.spend[p.spend["n_stated"] > 0].itertuples():
        money = ranges(p.ads[p.ads["currency"].fillna("not stated") == r.currency])
        aside = (
            f", {r.spend_without_content:,.2f} of it in {r.n_without_content:,} ads that are set aside elsewhere"
            if r.n_without_content
            else ""
        )
        doubt = "" if r.reliable else f": {r.why}"
        said.append(f"{money[0]} in {r.n_ads:,} ads{aside}{doubt}")
    several = " Amounts of different currencies are not added." if len(said) > 1 else ""
    return "; ".join(said) + "." + several


def _shown(p: Picture) -> str:
    if not p.has_ads:
        return ""
    never, known, low, high = never_shown(p.ads)
    if not known:
        return ""
    least, most = p.ads["impressions_low"].sum(), p.ads["impressions_high"].sum()
    times = f"{int(least):,}" if least == most else f"{int(least):,} to {int(most):,}"
    return (
        f"{never:,} of {known:,} ads ({never / known:.1%}; as a sample {low:.1%} to {high:.1%}) were never shown; all together "
        f"were shown {times} times."
    )


def _live(p: Picture) -> str:
    if not p.has_ads or not p.ads["state"].isin(["live", "ended"]).any():
        return ""
    if not p.ads["status"].notna().any() and not len(p.live):
        return ""
    inside = p.network_of()
    own = int(p.live["account_id"].isin(inside).sum())
    return (
        f"{len(p.live):,} of {len(p.ads):,} ads run at {p.as_of:%Y-%m-%d %H:%M} UTC, {own:,} of them on pages of a group; of "
        f"{int((p.ads['state'] == 'end not known').sum()):,} the end is not known."
    )


def _no_state(p: Picture) -> str:
    lost = int(p.ads["ended_at"].isna().sum())
    return (
        f"the source does not say which ads run: {lost:,} of {len(p.ads):,} ({lost / len(p.ads):.1%}) have no end, which is "
        "not the same as running"
    )


def _lasting(p: Picture) -> str:
    if p.curve.empty:
        return ""
    half = p.curve[p.curve["share"] <= 0.5]["days"]
    median = f"half had ended after {half.min():.1f} days" if len(half) else "more than half still run at the last look"
    used = int(p.ads["days"].notna().sum())
    odd = int((p.ads["state"] == "impossible").sum())
    none = int(p.ads["state"].isin(["end not known", "no beginning"]).sum())
    return (
        f"Of {used:,} ads with usable dates {median} ({int((p.ads['state'] == 'live').sum()):,} still ran). Left out: {odd:,} that end "
        f"before they begin, {none:,} without a known beginning or end. Why an ad ended is not in the data."
    )


def _along(p: Picture) -> str:
    if not p.judged:
        return ""
    mine = p.collateral
    tie = mine[mine["held_back"] == ""]
    back = mine[mine["held_back"] != ""]
    worst = int(back["n_outside"].max()) if len(back) else 0
    return (
        f"{counted(len(tie), 'identifier')} of the groups {'is' if len(tie) == 1 else 'are'} carried by other accounts as well; {len(back):,} more that the members share "
        f"are held back, because up to {worst:,} others carry them."
        if len(back)
        else f"{counted(len(tie), 'identifier')} of the groups {'is' if len(tie) == 1 else 'are'} carried by other accounts as well."
    )


def _before(p: Picture) -> str:
    if not p.settings["known_removed"]:
        return ""
    if p.returned.empty:
        return f"None of {p.settings['known_removed']:,} entries of the list stands in these data."
    after = int(p.returned["after"].fillna(False).astype(bool).sum())
    return f"{len(p.returned):,} matches with {p.settings['known_removed']:,} entries of the list, {after:,} used after the removal: leads."


def limits(p: Picture) -> list[str]:
    said = [
        "Degrees count the accounts of these data only: an agency that shows three clients here may have three hundred.",
        "Identifiers of a site reach the data only where somebody looked: a page without any is not thereby on its own.",
    ]
    if p.has_ads:
        said.append(
            "Amounts are sums of lower and of upper bounds, never a midpoint, and never added across currencies."
        )
        lost = int((~p.ads["has_content"]).sum())
        if lost:
            said.append(
                f"{lost:,} ads are set aside for their date or their landing place: they count in sums, and in no group."
            )
        if not math.isnan(p.ads["days"].max() if len(p.ads) else math.nan):
            said.append("The curve of running ads assumes that ads which still run are no different from the rest.")
        said.append(
            "No category of a page, no reach outside the file, and no payment behind the platform is in the data."
        )
    return [*said, *p.notes]
