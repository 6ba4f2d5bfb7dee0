"""The report in a real browser: nothing from data runs, nothing is fetched, and it can be read everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

INJECT = "const s = document.createElement('script'); s.textContent = 'window.__injected = 1'; document.body.append(s);"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG contrast of every visible text against the nearest background; the smallest, with the text.
CONTRAST = """() => {
  const parse = (c) => { const n = c.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  let worst = [99, ""];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest("svg, style, noscript, script")) continue;
    let back = [255, 255, 255];
    for (let e = element; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > .9) { back = c; break; } }
    const a = light(parse(getComputedStyle(element).color).slice(0, 3)), b = light(back.slice(0, 3));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0]) worst = [ratio, node.textContent.trim().slice(0, 60)];
  }
  return worst;
}"""


@pytest.mark.parametrize(("width", "height", "dark"), [(1280, 900, False), (390, 844, True)])
def test_hostile_text_stays_text(
    browser_page: Callable[..., Any], report: Path, width: int, height: int, dark: bool
) -> None:
    """No name or text from data runs as a script, makes an element or fetches anything, in the page or in the frame."""
    opened = browser_page(report, width=width, height=height, dark=dark)
    frame = opened.graph
    assert opened.page.evaluate("window.__pwned") is None
    assert frame.evaluate("window.__pwned") is None
    assert opened.page.evaluate("document.querySelectorAll('script, img, object, embed, link, form').length") == 0
    assert frame.evaluate("document.querySelectorAll('img, svg, object, embed, link, form').length") == 0
    assert opened.requests == []
    assert opened.errors == []
    assert opened.blocked == [], "the security policy had to refuse something, so something tried"


def test_the_frame_is_cut_off(browser_page: Callable[..., Any], report: Path) -> None:
    """The graph's frame has no access to the page around it, and its policy refuses other scripts and addresses."""
    opened = browser_page(report)
    frame = opened.graph
    assert frame.evaluate("() => { try { return parent.document.title } catch { return 'refused' } }") == "refused"
    frame.evaluate(f"() => {{ {INJECT} }}")
    opened.page.evaluate(f"() => {{ {INJECT} }}")
    assert frame.evaluate("window.__injected") is None
    assert opened.page.evaluate("window.__injected") is None
    assert frame.evaluate("() => fetch('https://example.invalid/').then(() => 'sent', () => 'refused')") == "refused"
    assert opened.requests == []


@pytest.mark.parametrize("dark", [False, True])
def test_phone_width_has_no_sideways_scrolling(browser_page: Callable[..., Any], report: Path, dark: bool) -> None:
    """At 390 pixels the page does not scroll sideways, with all its folded parts open; wide tables scroll in their box."""
    opened = browser_page(report, width=390, height=844, dark=dark)
    assert opened.page.evaluate(OVERFLOW) <= 0
    opened.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert opened.page.evaluate(OVERFLOW) <= 0
    wide = "[...document.querySelectorAll('.iv-scroll')].some((b) => b.scrollWidth > b.clientWidth + 1)"
    assert opened.page.evaluate(wide)


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_contrast(browser_page: Callable[..., Any], report: Path, dark: bool) -> None:
    """Every visible text reaches a contrast of 4.5 to 1 in light and in dark."""
    opened = browser_page(report, dark=dark)
    ratio, text = opened.page.evaluate(CONTRAST)
    assert ratio >= 4.5, f"{ratio:.2f} for '{text}'"
    background = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background != "rgb(255, 255, 255)") == dark


def test_bottom_line_comes_first(browser_page: Callable[..., Any], report: Path) -> None:
    """The summary is the first section although its cell is near the end, and on a desktop it is in the first screen."""
    opened = browser_page(report)
    assert opened.page.inner_text("main section h2 >> nth=0") == "Bottom line"
    assert opened.page.evaluate("document.querySelector('.rp-summary .iv-lead').getBoundingClientRect().bottom") < 900


def test_contents_lead_to_the_sections(browser_page: Callable[..., Any], report: Path) -> None:
    """Every entry of the contents names a section that exists; failed ones are marked."""
    opened = browser_page(report)
    links = opened.page.eval_on_selector_all(".rp-contents a", "list => list.map((a) => a.getAttribute('href'))")
    assert len(links) >= 10
    assert all(opened.page.query_selector(f"section{link}") for link in links)
    assert opened.page.inner_text(".rp-contents li:has(a:text-is('Languages'))").split() == ["Languages", "failed"]


def test_paper_shows_the_static_picture(browser_page: Callable[..., Any], report: Path) -> None:
    """Printed, the frame gives way to the static picture, and the PDF has several A4 pages."""
    opened = browser_page(report)
    assert not opened.page.is_visible(".iv-static svg")
    opened.page.emulate_media(media="print")
    assert opened.page.is_visible(".iv-static svg")
    assert not opened.page.is_visible("iframe.iv-live")
    assert not opened.page.is_visible(".rp-contents")
    pdf = opened.page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF")
    assert 4 <= pdf.count(b"/Type /Page\n") <= 20 or 4 <= pdf.count(b"/Type /Page ") <= 20


def test_without_scripts_the_picture_is_static(browser_page: Callable[..., Any], report: Path) -> None:
    """Where scripts are switched off the static picture is shown in place of an empty frame."""
    opened = browser_page(report, scripts=False)
    assert opened.page.is_visible(".iv-static svg")
    assert not opened.page.is_visible("iframe.iv-live")
