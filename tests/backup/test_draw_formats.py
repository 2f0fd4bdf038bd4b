"""SVG, text, Graphviz, PNG and HTML of the same updates; what comes out is fixed, safe and well-formed."""

import hashlib
import re
import struct
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mazefit.backup.draw import FORMATS, draw, to_dot, to_html, to_png, to_svg, to_text
from mazefit.backup.draw.equation import equations, wrap
from mazefit.backup.draw.figure import columns
from mazefit.backup.draw.words import WORDS
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import ConfigError
from tests.backup.backup_samples import bump, monte_carlo, q_learning, q_learning_at_the_end, slippery, td_lambda, tree_backup

HOSTILE = '"><script>alert(1)</script>&\'\\ "\n\x00]]>'
SVG = "{http://www.w3.org/2000/svg}"


def test_q_learning_as_text():
    assert to_text(q_learning([-3.0, -2.71, -4.0, -2.71])) == (
        "Q-learning · update 12 · episode 3, step 7\n"
        "\n"
        "        ● s4, a1   −2 → −2.7195   δ=−1.439  α=0.5\n"
        "        │ p=1\n"
        "        │ r=−1\n"
        "        ○ s1\n"
        "╭─────┬─┴──┬─max─╮\n"
        "│     ║    │     ║\n"
        "●     ●    ●     ●\n"
        "a1    a2   a3    a4\n"
        "−3  −2.71  −4  −2.71\n"
        "\n"
        "target = r + γ·max Q = −1 + 0.9·(−2.71) = −3.439\n"
        "new = old + α·(target − old) = −2 + 0.5·(−3.439 − (−2)) = −2.7195\n"
    ).replace("        │", "        ┃")


def test_value_iteration_with_bumps_as_text():
    assert to_text(bump()) == (
        "Value iteration · update 12 · sweep\n"
        "\n"
        "                  ○ s0   −2 → 0   δ=2\n"
        "╭───────────┬─────┴─max─┬────────╮\n"
        "│           │           ┃        │\n"
        "● a1  −3.7  ● a2  −2.8  ● a3  0  ● a4  −3.7\n"
        "│ p=1       │ p=1       │ p=1    │ p=1\n"
        "│ r=−1      │ r=−1      │ r=0    │ r=−1\n"
        "○           ○           □        ○\n"
        "s0          s1          s3       s0\n"
        "−3          −2                   −3\n"
        "\n"
        "target = max Σ p·(r + γ·V) = max(−3.7, −2.8, 0, −3.7) = 0\n"
        "q(a3) = 0\n"
        "new = target = 0\n"
    )


def test_what_is_too_wide_becomes_an_outline():
    text = to_text(slippery())
    assert "├─ ● a2 −3.77623\n│  ├─ p=0.333  r=−1  ○ s10 −2.371" in text
    assert "├━ ● a1 −3.44233" in text
    assert "╭" in to_text(slippery(), width=200)


@pytest.mark.parametrize("backup", [q_learning(), slippery(), tree_backup(4), td_lambda(20), monte_carlo(200), bump()])
def test_text_keeps_to_the_terminal(backup):
    for width in (100, 132):
        assert max(columns(line) for line in to_text(backup, width=width).splitlines()) <= width


def test_korean_letters_take_two_columns_and_controls_none():
    text = to_text(q_learning(root="상태 4\x1b[31m"), "ko")
    assert "\x1b" not in text
    assert text.startswith("Q-learning · 갱신 12 · 에피소드 3, 스텝 7")
    assert [columns(word) for word in ("상태", "s4", "é", "e\u0301")] == [4, 2, 1, 1]


def test_equations():
    assert equations(q_learning_at_the_end()) == ["target = r = 0", "new = old + α·(target − old) = −2 + 0.5·(0 − (−2)) = −1"]
    assert equations(q_learning_at_the_end(), WORDS["ko"]) == [
        "목표 = r = 0",
        "새 값 = 옛 값 + α·(목표 − 옛 값) = −2 + 0.5·(0 − (−2)) = −1",
    ]
    assert "새 값 = 옛 값 + α·(목표 − 옛 값)" in draw(q_learning_at_the_end(), "text", lang="ko")
    assert equations(monte_carlo(2))[0] == "target = r + γ·r = −1 + 0.9·(−2) = −2.8"
    assert equations(slippery(1, 2))[:2] == [
        "target = max Σ p·(r + γ·V) = max(−3.12116) = −3.12116",
        "q(a1) = 0.5·(−1 + 0.9·(−2)) + 0.5·(−1 + 0.9·(−2.7137)) = −3.12116",
    ]
    assert equations(td_lambda(3))[0].startswith("target = Σ w·G = 0.5·(−3.25) + 0.25·(−4.825) + 0.25·(−5.23) = ")
    assert equations(TEXTBOOK["TD(0)"].diagram()) == ["V(s) ← V(s) + α [ r + γ V(s′) − V(s) ]"]
    assert wrap("a = bbbb + cccc + dddd", 12) == ["a = bbbb", "+ cccc", "+ dddd"]


GOLDEN = {  # the drawn bytes: the same on every machine, and only changed on purpose
    "q_learning": q_learning([-3.0, -2.71, -4.0, -2.71]),
    "value_iteration": TEXTBOOK["Value iteration"].diagram(),
    "td_lambda": TEXTBOOK["TD(lambda)"].diagram(),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_svg_bytes_are_fixed(name):
    assert to_svg(GOLDEN[name]) + "\n" == (Path(__file__).parent / "golden" / f"{name}.svg").read_text("utf-8")


def test_svg_of_an_update_part_by_part():
    svg = to_svg(q_learning([-1.0, -3.0, -1.0]))
    root = ElementTree.fromstring(svg)
    assert svg.startswith("<svg")
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Q-learning · update 12 · episode 3, step 7"
    assert root.find(f"{SVG}desc").text.startswith("target = r + γ·max Q = −1 + 0.9·(−1) = −1.9")
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"s4, a1", "−2 → −1.95", "δ=0.1  α=0.5", "p=1", "r=−1", "s1", "a1", "−1", "a2", "−3"} <= set(texts)
    assert [c.get("class").split()[0] for c in root.iter(f"{SVG}circle")] == ["action", "state", "action", "action", "action"]
    assert svg.count('class="l tie win"') == 4
    assert svg.count('class="l arc"') == 1
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, top) == (0.0, 0.0)
    assert (width, height) == (float(root.get("width")), float(root.get("height")))


def test_indices_are_raised_and_lowered_letters():
    svg = to_svg(TEXTBOOK["n-step TD"].diagram())
    words = ["".join(text.itertext()).replace("\u200b", "") for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert {"sn", "an−1", "V(s) ← V(s) + α [ r1 + γ r2 + … + γn−1 rn + γn V(sn) − V(s) ]"} <= set(words)
    shifts = [float(x) for x in re.findall(r'tspan dy="(-?[\d.]+)"', svg)]
    assert len(shifts) >= 12
    assert sum(shifts) == pytest.approx(0.0)


@pytest.mark.parametrize("name", TEXTBOOK)
@pytest.mark.parametrize("lang", WORDS)
def test_every_textbook_picture_in_every_text_format(name, lang):
    backup = TEXTBOOK[name].diagram()
    ElementTree.fromstring(to_svg(backup, lang))
    assert backup.formula in to_text(backup, lang, width=200)
    assert to_dot(backup, lang).startswith("digraph backup {")


def test_labels_cannot_break_out():
    backup = q_learning(root=HOSTILE)
    svg = to_svg(backup)
    root = ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert '"><script>alert(1)</script>&\'\\ " \ufffd]]>' in [text.text for text in root.iter(f"{SVG}text")]
    assert "<script>alert" not in to_html(backup)
    (line,) = [line for line in to_dot(backup).splitlines() if "script" in line]
    assert '\\"><script>alert(1)</script>&\'\\\\ \\"  ]]>"];' in line


def test_dot_is_balanced_and_says_what_it_cannot_draw():
    text = to_dot(q_learning([-1.0, -3.0, -1.0], truncated=True))
    assert text.count("{") == text.count("}") == 1
    assert 'c0_0 [shape=circle, style=dashed, width=0.28, label="", xlabel="s1\\nmax"];' in text
    assert text.count('color="black:invis:black"') == 2
    assert 'c0 -> c0_0 [label="p=1\\nr=−1", penwidth=2.5];' in text
    for line in text.splitlines():
        assert len(re.findall(r'(?<!\\)"', line)) % 2 == 0
    assert "shape=square" in to_dot(q_learning_at_the_end())


def test_png_is_the_figure_at_its_scale():
    svg = ElementTree.fromstring(to_svg(q_learning()))
    for scale in (1.0, 2.0):
        png = to_png(q_learning(), scale=scale)
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        size = struct.unpack(">II", png[16:24])
        assert size == pytest.approx([scale * float(svg.get("width")), scale * float(svg.get("height"))], abs=1)
    assert to_png(q_learning()) == to_png(q_learning())
    assert to_png(q_learning([-1.0, -3.0])) != to_png(q_learning([-1.0, -1.0]))


def test_png_without_a_korean_font_is_english_with_one_warning(monkeypatch):
    from mazefit.backup.draw import png
    from mazefit.plots import fonts

    monkeypatch.setattr(fonts, "KOREAN", ("No Such Font",))
    for cached in (fonts.korean_font, fonts._warn, png._fonts):
        cached.cache_clear()
    with pytest.warns(UserWarning, match="no Korean font") as told:
        korean = to_png(q_learning(), "ko")
    assert len(told) == 1
    assert korean == to_png(q_learning(), "en")
    for cached in (fonts.korean_font, fonts._warn, png._fonts):
        cached.cache_clear()


class Page(HTMLParser):
    """Collects a page's tags and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_html_needs_nothing_from_outside():
    page = to_html([q_learning(), bump(), tree_backup(3)], "ko")
    tags = Page(page).tags
    names = [name for name, _ in tags]
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(names)
    for name, attrs in tags:
        assert not {"src", "href", "xlink:href", "srcset", "style"} & set(attrs)
        assert not [key for key in attrs if key.startswith("on")], name
    addresses = set(re.findall(r"\w+://[^\"' ]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a name, which nobody fetches
    assert "url(" not in page
    assert "@import" not in page


def test_html_allows_only_its_own_script():
    import base64

    page = to_html([q_learning(), bump()])
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(attrs["content"] for name, attrs in Page(page).tags if attrs.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_html_pages_and_words():
    pages = [q_learning(), bump(), tree_backup(3)]
    page = to_html(pages, "ko")
    names = [name for name, _ in Page(page).tags]
    assert names.count("section") == names.count("svg") == names.count("table") == 3
    assert names.count("button") == 4
    assert {"백업다이어그램", "상태전이확률", "보상", "상태", "행위", "할인율"} <= set(re.findall(r"[가-힣]+", page))
    assert page.count("<style>") == 2
    assert '<td title="-3.439">−3.439</td>' in page
    assert to_html(q_learning(), title="<x>").count("&lt;x&gt;") == 2


def test_html_of_one_needs_no_script():
    page = to_html(q_learning())
    assert "<script" not in page
    assert "<button" not in page
    assert "−1 + 0.9·(−2.71) = −3.439" in page


def test_draw_by_name():
    backup = q_learning()
    assert draw(backup) == to_svg(backup) == backup.draw()
    assert set(FORMATS) == {"svg", "text", "png", "dot", "html"}
    for name in FORMATS:
        assert isinstance(draw(backup, name), bytes if name == "png" else str)
    assert draw(backup, "text", lang="ko", width=80) == to_text(backup, "ko", 80)


def test_unknown_format_and_language():
    with pytest.raises(ConfigError, match=r"format: unknown 'sgv'; did you mean 'svg'\?"):
        draw(q_learning(), "sgv")
    with pytest.raises(ConfigError, match=r"lang: unknown 'fr'; expected one of en, ko"):
        to_svg(q_learning(), "fr")


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["ko"].keys()
    assert all(word for words in WORDS.values() for word in words.values())


def test_matplotlib_waits_until_a_png_is_asked_for():
    code = "import sys, mazefit.backup.draw as d; sys.exit('matplotlib' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
