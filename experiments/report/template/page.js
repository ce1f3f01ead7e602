"use strict";
// Search, filters, saving and lecture mode. Without this script the page is whole, and these are not to be seen.
const form = document.getElementById("filters");
const search = document.getElementById("search");
const groups = [...document.querySelectorAll(".ledger tbody")];
const searched = [...document.querySelectorAll(".answer, .family article")];
const lines = [...document.querySelectorAll(".overview tbody tr:not(.group)")];
const texts = new Map();

function has(element, words) {
  if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
  return words.every((word) => texts.get(element).includes(word));
}

function wanted(row, chapter, filters, words) {
  const [verdict, claim, , , evidence, corrected] = row.cells;
  const said = {
    verdict: filters.verdict === "not-after-holm" && corrected.querySelector("b") ? filters.verdict : verdict.className,
    // Most sweeps have the name of the family of their claims; a line of another says so.
    sweep: row.dataset.sweep ?? claim.querySelector("code").textContent.split(".")[0],
    evidence: evidence.textContent.trim().split(";")[0],
  };
  const fits = (name) => !filters[name] || said[name] === filters[name];
  return (!filters.chapter || chapter === filters.chapter) && fits("verdict") && fits("sweep") && fits("evidence") && has(row, words);
}

// A heading goes with what stands below it.
function hideIfEmpty(element, parts) {
  element.hidden = parts.length > 0 && [...parts].every((one) => one.hidden);
}

function below(heading) {
  const found = [];
  for (let one = heading.nextElementSibling; one && one.tagName !== "H3"; one = one.nextElementSibling) found.push(one);
  return found;
}

function apply() {
  const filters = Object.fromEntries(new FormData(form));
  const words = search.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const everything = Object.values(filters).every((value) => !value) && words.length === 0;
  let shown = 0;
  let all = 0;
  for (const group of groups) {
    const rows = [...group.querySelectorAll("tr:not(.sentence)")];
    for (const row of rows) row.hidden = !wanted(row, group.dataset.chapter, filters, words);
    const visible = rows.filter((row) => !row.hidden).length;
    const onlyChapter = filters.chapter === group.dataset.chapter && !filters.verdict && !filters.sweep
      && !filters.evidence && words.length === 0;
    group.hidden = !everything && !onlyChapter && visible === 0;
    shown += visible;
    all += rows.length;
  }
  document.getElementById("shown").textContent = `${shown} of ${all} lines`;
  for (const one of searched) one.hidden = !has(one, words);
  for (const one of lines) one.hidden = document.getElementById(one.querySelector("a").hash.slice(1)).hidden;
  for (const one of document.querySelectorAll(".overview tbody")) hideIfEmpty(one, [...one.rows].slice(1));
  for (const one of document.querySelectorAll("#answers > section, .family")) hideIfEmpty(one, one.querySelectorAll("article"));
  for (const one of document.querySelectorAll("#answers h3")) hideIfEmpty(one, below(one));
  const found = searched.filter((one) => !one.hidden);
  const answers = found.filter((one) => one.classList.contains("answer")).length;
  document.getElementById("found").textContent = words.length
    ? `${answers} sentences, ${found.length - answers} claims, ${shown} lines of the ledger` : "";
}

// What a link leads to may be folded away.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  if (target) target.scrollIntoView();
}

function save(name, kind, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function asCsv(table) {
  const quoted = (cell) => `"${cell.innerText.trim().replace(/\s+/g, " ").replaceAll('"', '""')}"`;
  return [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].map(quoted).join(",")).join("\n");
}

function asSvg(svg) {
  const used = svg.querySelector("use[href^='#f']");
  const whole = (used && !svg.querySelector("path") ? document.getElementById(used.getAttribute("href").slice(1)) : svg)
    .cloneNode(true);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  const rules = [...document.styleSheets[0].cssRules].map((rule) => rule.cssText).filter((text) => /^\.s\d+ /.test(text));
  style.textContent = `svg{--paper:#fff;--faint:#e2e4e9;color:#000;font-family:sans-serif}text{fill:currentColor}${rules.join("")}`;
  whole.prepend(style);
  return new XMLSerializer().serializeToString(whole);
}

function button(words, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", action);
  return made;
}

for (const figure of document.querySelectorAll("figure")) {
  const svg = figure.querySelector("svg");
  const name = figure.dataset.name;
  const place = figure.querySelector(".save");
  // Where a figure is shown again, its files are those beside the first.
  if (figure.classList.contains("again")) {
    const first = document.getElementById(place.querySelector("a").hash.slice(1)).closest("figure");
    for (const link of first.querySelectorAll(".save a:not(.copy)")) place.append(" ", link.cloneNode(true));
  }
  place.append(button("save", () => save(`${name}.svg`, "image/svg+xml", asSvg(svg))));
  place.append(button("larger", () => figure.classList.toggle("whole")));
}
for (const table of document.querySelectorAll("table[data-name]")) {
  const made = button("save as CSV", () => save(`${table.dataset.name}.csv`, "text/csv", asCsv(table)));
  made.className = "csv";
  table.closest(".scroll").after(made);
}

const rules = new Map();
for (const verdict of document.querySelectorAll(".verdicts li")) {
  const code = verdict.querySelector("code");
  const head = verdict.closest("article").querySelector("h3").firstChild.textContent.trim();
  const name = code.textContent === head ? head : `${head}/${code.textContent}`;
  if (!rules.has(name)) rules.set(name, verdict.id);
  const link = document.createElement("a");
  link.className = "copy";
  link.href = `#${verdict.id}`;
  link.textContent = "#";
  link.ariaLabel = "link to this verdict";
  code.after(" ", link);
}

// A line of the ledger leads to its rule. Where several runs have a verdict of one name, the page has the links.
for (const code of document.querySelectorAll(".ledger td:nth-child(2) > code")) {
  if (code.firstElementChild) continue;
  const link = document.createElement("a");
  link.href = `#${rules.get(code.textContent)}`;
  link.append(...code.childNodes);
  code.append(link);
}

// Where lines of the ledger are cards, readers of the screen still hear a table.
const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
const ledger = document.querySelector(".ledger");
for (const one of [ledger, ...ledger.querySelectorAll("thead, tbody, tr, td")]) one.setAttribute("role", roles[one.tagName]);

// Lecture mode: one sentence with its answer and figure a screen.
const slides = [...document.querySelectorAll(".answer")];
let current = 0;

function slide(number) {
  slides[current].classList.remove("current");
  current = (number + slides.length) % slides.length;
  slides[current].classList.add("current");
  const text = slides[current].closest("section").querySelector("h2 span").textContent;
  const chapter = slides[current].querySelector(".place").firstChild.textContent.trim();
  document.getElementById("slide").textContent = `${current + 1} of ${slides.length}: ${text}, ${chapter}`;
  scrollTo(0, 0);
}

function lecture(on) {
  document.body.classList.toggle("lecture", on);
  if (on) slide(Math.max(0, slides.findIndex((one) => `#${one.id}` === location.hash)));
  else slides[current].scrollIntoView();
}

addEventListener("keydown", (event) => {
  if (!document.body.classList.contains("lecture") || (event.key === " " && event.target.closest(".steps"))) return;
  const step = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    slide(current + step);
  }
  if (event.key === "Escape") lecture(false);
});
document.getElementById("lecture").addEventListener("click", () => lecture(true));
document.getElementById("back").addEventListener("click", () => slide(current - 1));
document.getElementById("on").addEventListener("click", () => slide(current + 1));
document.getElementById("end").addEventListener("click", () => lecture(false));

form.hidden = search.hidden = false;
form.addEventListener("input", apply);
search.addEventListener("input", apply);
form.addEventListener("reset", () => setTimeout(apply));
for (const one of [form, search]) one.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", unfold);
apply();
unfold();
