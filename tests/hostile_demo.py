"""A made-up case for tests of pictures and reports: 60 accounts in 3 groups, with hostile names. Nothing here is real."""

from __future__ import annotations

from typing import Any

import nbformat
import numpy as np
import pandas as pd

from investigate.views import Card, Group, Row, Scene, View, bar_chart, interval_chart, scene, time_chart

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>window.__pwned=1</script>",
    '"><svg onload=window.__pwned=1>',
    "news\u202egro.rahter",
    "javascript:window.__pwned=1",
    "x" * 300,
    "Z\u0351\u0352\u0357\u035b\u0363\u0364\u0365\u0366\u0367algo",
    "https://evil.example/path?q=<b>",
    "{{7*7}}${7*7}",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "a\u200bb\u2028c",
    "'onmouseover='window.__pwned=1",
)
META = {
    "case": "TEST-2026-014",
    "template": "coordinated_behaviour",
    "template_version": "1",
    "data_from": pd.Timestamp("2026-03-01T00:00Z"),
    "data_to": pd.Timestamp("2026-03-07T23:59Z"),
    "as_of": "2026-03-08",
    "purpose": "Test data made up for this page; no account here exists.",
    "tlp": "AMBER+STRICT",
    "draft": True,
    "command": "investigate run coordinated_behaviour --data test.csv --source csv --case test -p window=60s",
    "parameters": {"window": "60s", "min_shared": 2, "fdr_q": 0.01, "seed": 0},
    "inputs": [{"name": "test.csv", "rows": 4820, "sha256": "9f" * 32}],
    "versions": {"investigate": "0.1.0", "python": "3.11.7"},
    "run_id": "2026-03-08-0001",
}


def labels(n: int = 60) -> list[str]:
    """Account names, the first ones hostile."""
    return [*HOSTILE, *(f"account_{i:02d}" for i in range(n - len(HOSTILE)))][:n]


def demo_scene(n: int = 60, seed: int = 3) -> Scene:
    """Three groups of twenty, two relations, cards with hostile texts."""
    rng = np.random.default_rng(seed)
    names = labels(n)
    group = [f"g{i * 3 // n + 1}" for i in range(n)]
    rows = []
    for i in range(n):
        for j in range(i + 1, n):
            if group[i] == group[j] and rng.random() < 0.35 or rng.random() < 0.002:
                rows.append((f"id{i:03d}", f"id{j:03d}", int(rng.integers(2, 30)), "co_url"))
                if rng.random() < 0.25:
                    rows.append((f"id{i:03d}", f"id{j:03d}", int(rng.integers(1, 8)), "co_text"))
    cards = {
        f"id{i:03d}": Card(
            facts=(("Posts in the period", f"{40 + i}"), ("Display name", names[i]), ("Created", "2025-11-02")),
            rows=(
                Row(
                    "2026-03-03 14:03:20",
                    f"Test text of {names[i]}",
                    ("https://site.example/a", "#test"),
                    names[(i + 1) % n],
                ),
                Row("2026-03-03 14:05:01", HOSTILE[i % len(HOSTILE)], ("#test",), names[(i + 2) % n]),
            ),
            n_rows=31,
        )
        for i in range(n)
    }
    return scene(
        pd.DataFrame({"id": [f"id{i:03d}" for i in range(n)], "label": names, "group": group}),
        pd.DataFrame(rows, columns=["a", "b", "weight", "relation"]),
        groups=(Group("g1", "Group 1", "shares site.example"), Group("g2", "Group 2"), Group("g3", HOSTILE[0])),
        relations={"co_url": "Same address within 60 s", "co_text": "Same text within 60 s"},
        cards=cards,
        title="Accounts that act together",
        note="Positions show who is linked with whom; distances have no other meaning.",
    )


def finding(**changes: Any) -> dict[str, Any]:
    """A finding record."""
    record = {
        "finding_id": "f-3b9c1e",
        "title": "20 accounts shared the same 34 addresses within a minute of each other",
        "statement": "Between 2 and 6 March 2026, 20 accounts posted links to the same 34 addresses. "
        "The median time between two of them was 11 seconds. Chance alone would give about 2 shared addresses.",
        "evidence_grade": "E2",
        "status": "supported",
        "confidence": "moderate: one platform, one week, complete rows",
        "members": {"count": 20},
        "numbers": {"Addresses shared": 34, "Median lag": "11 s", "Pairs above chance": 142},
        "evidence": [
            {
                "kind": "timing",
                "test": "shared addresses within 60 s",
                "observed": 34,
                "expected": 2.1,
                "q": 3.2e-9,
                "n": 190,
            },
            {"kind": "content", "test": "identical texts", "observed": 121, "expected": 8.4, "q": 0.0004, "n": 190},
        ],
        "alternatives": [
            {
                "name": "Same newsroom or owner",
                "checked": True,
                "result": "No known group covers more than 2 of the 20.",
            },
            {
                "name": "Shared scheduling tool",
                "checked": True,
                "result": "14 posts fall on full minutes; the rest do not.",
            },
            {"name": "A public event at that time", "checked": False, "result": "No event calendar was given."},
        ],
        "limits": ["Deleted posts are not in the data.", "Times are known to the second."],
    }
    return record | changes


def demo_views() -> dict[str, View]:
    """One view of each kind."""
    rng = np.random.default_rng(5)
    base = pd.Timestamp("2026-03-01", tz="UTC")
    quiet = base + pd.to_timedelta(np.sort(rng.uniform(0, 7 * 86400, 900)), unit="s")
    burst = base + pd.Timedelta("62h") + pd.to_timedelta(rng.exponential(2400, 260), unit="s")
    times = pd.Series([*burst, *quiet])
    series = pd.Series(["Group 1"] * 260 + ["all others"] * 900)
    names = labels()
    edges = demo_scene().edges
    pairs = pd.DataFrame(
        {
            "account_a": [names[int(a[2:])] for a in edges["a"]],
            "account_b": [names[int(b[2:])] for b in edges["b"]],
            "n_objects": edges["weight"].astype(int),
            "expected": np.round(rng.uniform(0.1, 2, len(edges)), 2),
            "q": rng.uniform(1e-12, 1e-3, len(edges)),
            "first_at": base + pd.to_timedelta(rng.integers(0, 500000, len(edges)), unit="s"),
            "example_url": "https://site.example/very/long/path/" + "a" * 80,
        }
    )
    grouped = pd.DataFrame({"group": ["Group 1", "Group 2", HOSTILE[0]], "n_accounts": 20, "n_objects": [34, 21, 12]})
    checks = pd.DataFrame(
        {
            "label": [
                "as run (60 s)",
                "half the window (30 s)",
                "double the window (120 s)",
                "without the top object",
                "without the top account",
                "another platform",
            ],
            "value": [142, 118, 171, 131, 127, np.nan],
            "low": [130, 104, 150, 118, 115, np.nan],
            "high": [153, 131, 190, 143, 140, np.nan],
        }
    )
    observed = pd.DataFrame(
        {"label": ["Group 1", "Group 2", HOSTILE[0]], "value": [34, 21, 12], "expected": [2.1, 1.8, 1.1]}
    )
    return {
        "summary": View(
            "summary", "Bottom line", "What should I take from this?",
            lead="Three groups of 20 accounts each acted together more often than chance explains. One of them is supported by two "
            "independent measures; the other two are leads.\n\nNothing here says who is behind the accounts.",
            facts=(("Accounts", 11037), ("Posts", 57560), ("Groups", 3), ("Supported findings", 1)),
        ),
        "findings": View(
            "findings", "Findings", "What was observed, and how sure is it?",
            cards=(
                finding(),
                finding(title=HOSTILE[0] + " " + HOSTILE[3], evidence_grade="E1", status="lead", statement=HOSTILE[1] * 3, finding_id="f-2"),
            ),
        ),
        "network": View(
            "network", "Who is linked with whom", "Which accounts act together?",
            figure=demo_scene(), table=pairs, max_rows=8,
            how_to_read="Each mark is an account; colour and shape give the group. Search for a name, or click a mark to see its evidence.",
            caveats=("Groups close to each other are not more alike.", "Fans of the same show look like this too."),
        ),
        "timeline": View(
            "timeline", "When it happened", "Is there a burst?",
            figure=time_chart(times, series=series, title="Posts over time", y_label="Posts", note="Group 1 posted 260 times in under four hours on 3 March.",
                            marks=((base + pd.Timedelta("62h"), "first post of the burst"),)),
        ),
        "observed": View("observed", "Against chance", "How much more than chance?", figure=bar_chart(observed, title="Shared addresses", x_label="Addresses"), table=grouped),
        "sensitivity": View(
            "sensitivity", "Does it hold when the settings change?", "How robust is it?",
            figure=interval_chart(checks, title="Pairs above chance", x_label="Pairs above chance", reference=100, reference_label="half would be lost"),
        ),
    }  # fmt: skip


def demo_notebook() -> nbformat.NotebookNode:
    """An executed notebook as the runner leaves it: one section failed, one was skipped."""
    v4 = nbformat.v4
    views = demo_views()

    def text(source: str, *tags: str) -> nbformat.NotebookNode:
        return v4.new_markdown_cell(source, metadata={"tags": list(tags)})

    def show(name: str, *tags: str) -> nbformat.NotebookNode:
        bundle = views[name]._repr_mimebundle_()
        cell = v4.new_code_cell(f"run.show(views.{name}(case))", metadata={"tags": list(tags)})
        cell.outputs = [v4.new_output("display_data", data=bundle)]
        return cell

    def code(source: str, outputs: list, *tags: str) -> nbformat.NotebookNode:
        cell = v4.new_code_cell(source, metadata={"tags": list(tags)})
        cell.outputs = outputs
        return cell

    error = v4.new_output(
        "error", ename="InputError",
        evalue="the column 'lang' is missing. Where: test.csv, header. What to do: give lang in the column mapping.",
        traceback=["\x1b[0;31mInputError\x1b[0m Traceback", "  File <b>x</b>", "InputError: the column 'lang' is missing"],
    )  # fmt: skip
    foreign = v4.new_output(
        "display_data", data={"text/html": "<img src=x onerror=alert(2)>", "text/plain": "a plain table"}
    )
    return v4.new_notebook(
        cells=[
            text("# Coordinated behaviour\n\nThis page shows what the data says, and what it cannot say. Test data."),
            text("## Question\n\nDo accounts act together in a way that chance does not explain? See [the limits](#reproduce) and "
                 "[a site](https://evil.example/x). <script>window.__pwned=1</script> ![pic](https://evil.example/p.png)"),
            text("## Parameters"),
            code('window = "60s"\nmin_shared = 2', [], "parameters"),
            text("## Build the case\n\nThe rows are read, related and scored."),
            code("case.relate(relations, window=window)", [v4.new_output("stream", name="stdout", text="57,560 rows read\n<b>0</b> set aside\n")]),
            text("## Findings\n\nEach finding says how sure it is, and what else could explain it."),
            show("findings"),
            text("## Network"),
            show("network"),
            text("## Timeline"),
            show("timeline"),
            text("## Against chance"),
            show("observed"),
            text("## Sensitivity\n\nThe same count under other settings."),
            show("sensitivity"),
            text("## Languages\n\nWhich languages the posts are in."),
            code("run.show(views.languages(case))", [error]),
            text("## Foreign output"),
            code("df", [foreign]),
            text("## Explanations"),
            code("run.show(views.explanations(case))", []),
            text("## Bottom line", "summary"),
            show("summary", "summary"),
            text("## Limits\n\n- Deleted posts are not in the data.\n- Nothing here says who runs an account.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        ]
    )  # fmt: skip


FAILED = [{"section": "Languages"}, {"section": "Explanations", "what": "the stage before it failed", "skipped": True}]
