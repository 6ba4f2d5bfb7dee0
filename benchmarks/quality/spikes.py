"""Do alarms keep their promise? The simulation of domain check B-6, and the table of the 28-day rule beside it.

    python -m benchmarks.quality.spikes --series 150      a few minutes; writes benchmarks/results/spikes.{md,json}

The check asks for false alarms within twice the level, and for a power of no less than the published design check less
five points. That check states weekly seasons and over-dispersion, not their size: the worlds here (week-ends at 0.6 of
a weekday; variance mean + mean^2 / size with the sizes below) are those in which the rule "28-day z > 3" comes out as it
stands there, within five points in every cell; both are in the table.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from investigate import series

from ..machine import write

SIZES = {2: 8.0, 20: 20.0, 200: 60.0}
WEEK = np.array([1, 1, 1, 1, 1, 0.6, 0.6]) / np.mean([1, 1, 1, 1, 1, 0.6, 0.6])
FACTORS = (1.5, 2.0, 3.0)
WARM, DAYS = 91, 144
PUBLISHED = {
    (2, 0.01): (0.9, 7.8, 15.8, 34.9),
    (2, 0.001): (0.2, 1.8, 6.4, 17.8),
    (20, 0.01): (2.0, 20.4, 60.0, 93.8),
    (20, 0.001): (0.4, 8.9, 35.1, 83.8),
    (200, 0.01): (1.5, 66.4, 98.4, 100.0),
    (200, 0.001): (0.2, 44.2, 94.7, 100.0),
}
"""(mean per day, level) -> false alarms and power at x1.5, x2, x3, in per cent: the published design check."""
PUBLISHED_Z = {2: (1.4, 7.6, 16.7, 35.1), 20: (0.8, 14.9, 42.9, 80.2), 200: (0.1, 28.2, 66.2, 95.6)}


def world(mean: float, rng: np.random.Generator) -> tuple[pd.Series, np.ndarray]:
    """One series without spikes, and for each factor what every day would have counted with one."""
    size, expected = SIZES[int(mean)], mean * WEEK[np.arange(DAYS) % 7]
    plain = rng.negative_binomial(size, size / (size + expected))
    spiked = np.array([rng.negative_binomial(size, size / (size + f * expected)) for f in FACTORS])
    return pd.Series(plain, index=pd.date_range("2026-01-05", periods=DAYS, tz="UTC")), spiked


def measure(n_series: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """False alarms and power per mean and level; and those of the rule z > 3 over 28 days."""
    rows, rules = [], []
    for mean in SIZES:
        rng = np.random.default_rng(seed)
        judged, alarms, by_rule = [], {a: [] for a in (0.01, 0.001)}, []
        for _ in range(n_series):
            counts, spiked = world(mean, rng)
            for alpha, hits in alarms.items():
                high = series.spikes(counts, alpha=alpha)["high"].to_numpy()[WARM:]
                hits.append(spiked[:, WARM:] >= high)
            judged.append(series.spikes(counts).iloc[WARM:])
            past = np.lib.stride_tricks.sliding_window_view(counts.to_numpy(), 28)[WARM - 28 : -1]
            limit = past.mean(axis=1) + 3 * past.std(axis=1, ddof=1)
            by_rule.append([counts.to_numpy()[WARM:] > limit, *(s[WARM:] > limit for s in spiked)])
        shares = series.false_alarm_share(pd.concat(judged), (0.01, 0.001)).set_index("alpha")
        for alpha, hits in alarms.items():
            power = 100 * np.array(hits).mean(axis=(0, 2))
            published, share = PUBLISHED[int(mean), alpha], shares.loc[alpha]
            row = {
                "mean per day": mean,
                "level": alpha,
                "null days": int(share["n_bins"]),
                "false alarms %": round(100 * share["share"], 2),
                "interval %": f"{100 * share['low']:.2f} to {100 * share['high']:.2f}",
                "published false %": published[0],
                "within twice the level": share["kept"],
            }
            for i, factor in enumerate(FACTORS):
                row[f"x{factor:g} %"] = round(power[i], 1)
                row[f"published x{factor:g} %"] = published[i + 1]
            row["least power - (published - 5)"] = round(
                min(p - q + 5 for p, q in zip(power, published[1:], strict=True)), 1
            )
            rows.append(row)
        found = 100 * np.array(by_rule).mean(axis=(0, 2))
        rules.append(
            {"mean per day": mean}
            | {n: round(v, 1) for n, v in zip(("false %", "x1.5 %", "x2 %", "x3 %"), found, strict=True)}
            | {
                f"published {n}": v
                for n, v in zip(("false %", "x1.5 %", "x2 %", "x3 %"), PUBLISHED_Z[mean], strict=True)
            }
        )
    return pd.DataFrame(rows), pd.DataFrame(rules)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=150, help="series per mean; 53 judged days each")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    ours, rule = measure(chosen.series, chosen.seed)
    parts = [
        (
            "Seasonal count regression (`investigate.series.spikes`)",
            "Forecasts only. The published false alarms at level 0.001 and mean 20 are four times the level: its power there is bought with them.",
            ours,
        ),
        (
            "The rule z > 3 over 28 days, in the same worlds",
            "It shows that these worlds are like those of the published check.",
            rule,
        ),
    ]
    print(write("spikes", "Alarms on counts", parts))


if __name__ == "__main__":
    main()
