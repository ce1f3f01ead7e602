"use strict";
// Filters of the ledger. Without this script they stay hidden and the table is whole.
const form = document.getElementById("filters");
const groups = [...document.querySelectorAll(".ledger tbody")];

function wanted(row, chapter, filters) {
  const fits = (name) => !filters[name] || row.dataset[name] === filters[name];
  const verdict = filters.verdict === "not-after-holm" ? row.dataset.remark === filters.verdict : fits("verdict");
  const words = filters.words.toLowerCase().split(/\s+/).every((word) => row.textContent.toLowerCase().includes(word));
  return (!filters.chapter || chapter === filters.chapter) && verdict && fits("sweep") && fits("evidence") && words;
}

function apply() {
  const filters = Object.fromEntries(new FormData(form));
  const everything = Object.values(filters).every((value) => !value.trim());
  let shown = 0;
  let all = 0;
  for (const group of groups) {
    const rows = [...group.querySelectorAll("tr:not(.sentence)")];
    for (const row of rows) row.hidden = !wanted(row, group.dataset.chapter, filters);
    const visible = rows.filter((row) => !row.hidden).length;
    const onlyChapter = filters.chapter === group.dataset.chapter && !filters.verdict && !filters.sweep
      && !filters.evidence && !filters.words.trim();
    group.hidden = !everything && !onlyChapter && visible === 0;
    shown += visible;
    all += rows.length;
  }
  document.getElementById("shown").textContent = `${shown} of ${all} lines`;
}

form.hidden = false;
form.addEventListener("input", apply);
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", (event) => event.preventDefault());
// What is folded away on the screen is there on paper.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
apply();
