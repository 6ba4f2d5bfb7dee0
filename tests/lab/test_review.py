"""The review panel and the media viewer in a real JupyterLab, driven with the mouse and the keyboard."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import serious

from lab.server import Lab, until

pytestmark = pytest.mark.browser

CASE = """import os
os.environ["INVESTIGATE_CONFIG"] = os.path.abspath("private")
os.environ["INVESTIGATE_ACTOR"] = "Ada"
from investigate import Case, widgets
case = Case.open("../%s")"""
LABEL = """post = case.joint[case.joint.community == 1].sort_values(["n_partners", "created_at", "content_id"], ascending=[False, True, True]).iloc[0]
tagged = case.tag("content:" + post.content_id, "gore", "seen by the first reviewer")"""


def decisions(ask: Callable[[str], Any]) -> list[dict[str, Any]]:
    return ask("[e['data'] | {'actor': e['actor']} for e in case.log.entries() if e['kind'] == 'finding_judged']")


def test_findings_are_judged_with_the_mouse(
    lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]
) -> None:
    """One finding confirmed, another rejected, then a blind second review: the case log says exactly that."""
    notebook = lab.write(
        "scratch/review.ipynb", CASE % lab_case("review"), LABEL, "panel = widgets.Review(case)\npanel"
    )
    page = lab_page(width=1400, height=1250)
    lab.open(page, notebook)
    lab.run_all(page)
    panel = page.locator(".iv-review")
    panel.locator(".iv-r-h3").wait_for()
    panel.scroll_into_view_if_needed()
    with lab.kernel(notebook) as ask:
        text = ask("post.text")
        assert "graphic violence" in panel.locator(".iv-r-posts .iv-r-veiled").inner_text()
        assert text[:30] not in panel.inner_text()
        panel.get_by_role("button", name="Show", exact=True).click()
        page.get_by_text(text[:30]).first.wait_for()
        assert serious(page, inside=".iv-review") == []
        panel.get_by_role("button", name="Hide again").click()
        panel.get_by_role("button", name="Show", exact=True).wait_for()

        panel.get_by_label("Confirm", exact=True).check()
        panel.get_by_label("Reason").fill("The same texts in the same minutes, on four days.")
        panel.get_by_role("button", name="Write to the case log").click()
        panel.get_by_text("Finding 1 is confirmed").wait_for()
        panel.locator(".iv-r-item").nth(1).click()
        panel.get_by_text("Finding 2:").wait_for()
        assert panel.get_by_label("Confirm", exact=True).is_disabled()
        assert "carries no more than" in panel.locator(".iv-r-ceiling").inner_text()
        panel.get_by_label("Reject").check()
        panel.get_by_role("button", name="Write to the case log").click()
        panel.get_by_text("Say why").wait_for()
        panel.get_by_label("Reason").fill("A newsroom with its syndication.")
        panel.get_by_label("Reason").press("Control+Enter")
        panel.get_by_text("Finding 2 is rejected").wait_for()
        first, second = decisions(ask)
        keys = ask("[f.finding_id for f in case.findings]")
        assert (first["finding"], first["decision"], first["grade"], first["actor"]) == (
            keys[0],
            "confirmed_by_human",
            "E2",
            "Ada",
        )
        assert (second["finding"], second["decision"]) == (keys[1], "rejected")
        assert second["reason"] == "A newsroom with its syndication."

        ask("os.environ.update(INVESTIGATE_ACTOR='Grace')")
        panel.get_by_label("Blind second review").check()
        panel.get_by_text("kept from this page").wait_for()
        said = panel.inner_text()
        assert not [w for w in ("four days", "A newsroom with", "confirmed", "rejected") if w in said]
        panel.get_by_label("Inconclusive").check()
        panel.get_by_label("Reason").fill("Too few days to tell.")
        panel.get_by_role("button", name="Write to the case log").click()
        panel.get_by_text("The two reviewers disagree").wait_for()
        assert "0 of 1 findings judged alike" in panel.locator(".iv-r-foot").inner_text()
        assert [(d["decision"], d["second"], d["actor"]) for d in decisions(ask)][2] == ("inconclusive", True, "Grace")
        assert ask("(case.status(case.findings[0].finding_id), case.verify())") == ("inconclusive", [])


def test_the_panel_is_usable_by_keyboard(
    lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]
) -> None:
    """Tab and arrows reach every control, each has a name and shows its focus; letters are not JupyterLab's shortcuts."""
    notebook = lab.write(
        "scratch/review_keys.ipynb", CASE % lab_case("review_keys"), "panel = widgets.Review(case)\npanel"
    )
    page = lab_page(width=800, dark=True)
    lab.open(page, notebook)
    lab.run_all(page)
    panel = page.locator(".iv-review")
    panel.locator(".iv-r-h3").wait_for()
    page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}).then(() => null)"
    )
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    panel.scroll_into_view_if_needed()
    assert serious(page, inside=".iv-review") == []
    panel.get_by_label("Blind second review").focus()
    cells = page.locator(".jp-Cell").count()
    seen = []
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "() => [document.activeElement.dataset.hold || '', getComputedStyle(document.activeElement).outlineStyle]"
            )
        )
    names = [hold for hold, _ in seen]
    assert {"read", "reason", "go"} <= set(names) and sum(n.startswith("item-") for n in names) == 3
    assert {style for hold, style in seen if hold} == {"solid"}
    panel.locator(".iv-r-item").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    panel.get_by_text("Finding 3:").wait_for()
    page.keyboard.press("b")
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.locator(".jp-Cell").count() == cells
    assert page.evaluate("() => document.activeElement.dataset.hold.startsWith('item-')")
    panel.get_by_label("Reject").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("An explanation of two words.")
    page.keyboard.press("Control+Enter")
    panel.get_by_text("Finding 3 is rejected").wait_for()
    with lab.kernel(notebook) as ask:
        assert [d["decision"] for d in decisions(ask)] == ["rejected"]


def photograph() -> bytes:
    """A picture with edges that blurring destroys: stripes in colours on noise."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 90, (420, 640, 3), dtype=np.uint8)
    pixels[:, ::8] = [220, 30, 40]
    pixels[::12] = [30, 90, 220]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


STRENGTH = """() => { const c = document.querySelector('.iv-m-picture'), w = c.width, h = c.height;
  if (c.hidden || w < 2) return {edges: 0, colour: 0};
  const d = c.getContext('2d').getImageData(0, 0, w, h).data; let edges = 0, colour = 0;
  for (let i = 0; i + 4 < d.length; i += 4) { edges = Math.max(edges, Math.abs(d[i] - d[i + 4]));
    colour = Math.max(colour, Math.max(d[i], d[i+1], d[i+2]) - Math.min(d[i], d[i+1], d[i+2])); }
  return {edges, colour} }"""


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in [str(k), *strings(v)]]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [str(value)]


def test_nothing_sharp_is_shown_unasked_or_saved(lab: Lab, lab_page: Callable[..., Any], tmp_path: Path) -> None:
    """Blurred first, grey then colour on request, blurred again on leaving; saved with widget state: no byte of it."""
    picture = photograph()
    (lab.root / "scratch").mkdir(exist_ok=True)
    (lab.root / "scratch" / "photo.png").write_bytes(picture)
    notebook = lab.write(
        "scratch/media.ipynb",
        'import os\nos.environ["INVESTIGATE_CONFIG"] = os.path.abspath("private_media")\nfrom investigate import widgets, exposure',
        'viewer = widgets.Media(None, "photo.png", labels="sexual", caption="Two people on a beach")\nviewer',
    )
    settings = lab.home / "settings" / "@jupyter-widgets" / "jupyterlab-manager"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "plugin.jupyterlab-settings").write_text('{"saveState": true}', encoding="utf-8")
    page = lab_page()
    lab.open(page, notebook)
    (settings / "plugin.jupyterlab-settings").unlink()
    lab.run_all(page)
    figure = page.locator(".iv-media")
    figure.get_by_role("button", name="Remove the blur").wait_for()
    figure.scroll_into_view_if_needed()
    at_first = page.evaluate(STRENGTH)
    assert 0 < at_first["edges"] < 40 and at_first["colour"] == 0
    assert serious(page, inside=".iv-media") == []
    figure.get_by_role("button", name="Remove the blur").click()
    figure.get_by_role("button", name="Add the colour").wait_for()
    grey = page.evaluate(STRENGTH)
    assert grey["edges"] > 60 and grey["colour"] == 0
    figure.get_by_role("button", name="Add the colour").click()
    until(lambda: page.evaluate(STRENGTH)["colour"] > 100)
    page.mouse.move(5, 5)
    until(lambda: page.evaluate(STRENGTH)["edges"] < 40)
    assert page.evaluate(STRENGTH)["colour"] == 0

    figure.get_by_role("button", name="Remove the blur").focus()
    page.keyboard.press("Enter")
    figure.get_by_role("button", name="Blur again").wait_for()
    lab.save(page)  # while the sharp picture is on the screen
    with lab.kernel(notebook) as ask:
        assert ask("viewer.exposure.about('it').step") == "grey"
        state = ask("{k: v for k, v in viewer.get_state().items() if not k.startswith('_')}")
        sharp = ask(
            "[exposure.picture(open('photo.png', 'rb').read(), viewer.exposure.policy, grey=g) for g in (True, False)]"
        )
        counts = ask("viewer.exposure.counter.today()")
    assert counts == {"sexual": 2}
    text = (lab.root / notebook).read_text(encoding="utf-8")
    everything = "".join(strings(json.loads(text))) + repr(state)
    assert "anywidget" in everything and "widget-state" in everything, "the state of widgets was saved"
    for data in (picture, *sharp):
        parts = [data[start : start + 45] for start in range(0, len(data) - 45, 3 * max(1, len(data) // 300))]
        assert len(parts) >= 50 and not [p for p in parts if base64.b64encode(p).decode() in everything]
    assert "image/png" not in json.dumps(json.loads(text)["cells"]) and "data:image" not in text
    page.keyboard.press("Escape")
    until(lambda: page.evaluate(STRENGTH)["edges"] < 40)
