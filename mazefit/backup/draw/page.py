"""Looks and script of the HTML page: plain CSS, and JavaScript that shows one diagram at a time."""

LOOKS = """
:root { color-scheme: light dark; }
body {
  font: 16px/1.5 'Helvetica Neue', Arial, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif;
  max-width: 70rem; margin: 1.5rem auto; padding: 0 1rem; background: #f4f4f2; color: #1b1b1b;
}
h1 { font-size: 1.3rem; }
h2 { font-size: 1rem; margin: 0.5rem 0; }
section { background: #fff; border-radius: 8px; padding: 1rem; margin: 1rem 0; overflow-x: auto; }
section svg { max-width: 100%; height: auto; display: block; margin: auto; }
table { border-collapse: collapse; margin: 1rem auto 0; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: normal; color: #5a5a5a; }
td, th { padding: 0.15rem 0.8rem; border-bottom: 1px solid #ddd; }
td { text-align: right; }
nav button { font: inherit; padding: 0.3rem 0.9rem; margin-right: 0.3rem; }
.legend {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 0.2rem 1rem;
  padding: 0; list-style: none; font-size: 0.9rem;
}
.legend b { display: inline-block; min-width: 3.2rem; text-align: center; margin-right: 0.5rem; }
@media (prefers-color-scheme: dark) {
  body { background: #111; color: #eee; }
  section { background: #1b1d20; }
  td, th { border-color: #444; }
  th { color: #b5b5b5; }
}
"""

SCRIPT = """
const pages = [...document.querySelectorAll("section")];
const buttons = ["first", "previous", "next", "last"].map((id) => document.getElementById(id));
const end = pages.length - 1;
let at = 0;

function show(i) {
  at = Math.min(Math.max(i, 0), end);
  pages.forEach((page, j) => { page.hidden = j !== at; });
  document.getElementById("place").textContent = `${at + 1} / ${pages.length}`;
  buttons.forEach((button, j) => { button.disabled = at === (j < 2 ? 0 : end); });
}

const go = [() => 0, () => at - 1, () => at + 1, () => end];
buttons.forEach((button, j) => button.addEventListener("click", () => show(go[j]())));
const keys = { Home: 0, ArrowLeft: 1, ArrowUp: 1, ArrowRight: 2, ArrowDown: 2, End: 3 };
document.addEventListener("keydown", (event) => {
  if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  show(go[keys[event.key]]());
});
document.getElementById("turn").hidden = false;
show(0);
"""
