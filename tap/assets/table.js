// Sort the rows of the table by its headings, by pointer or by keys; once more turns the order round.
"use strict";

const body = document.querySelector("tbody");
const headings = [...document.querySelectorAll("thead th")];
const inWords = new Intl.Collator(undefined, { numeric: true }).compare;

// What is nothing comes last in either order, and before it what is not a number.
const rank = (text, numeric) => (text === "" ? 2 : numeric && text === "NaN" ? 1 : 0);

function byValue(one, other) {
  const a = Number(one.replace("Inf", "Infinity"));
  const b = Number(other.replace("Inf", "Infinity"));
  if (a !== b) return a < b ? -1 : 1;
  // Whole numbers that a double does not tell apart.
  return one === other || !/^-?\d+$/.test(one + other.replace("-", "")) ? 0
    : BigInt(one) < BigInt(other) ? -1 : 1;
}

function sort(heading, column) {
  const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  const numeric = heading.classList.contains("n");
  const compare = numeric ? byValue : inWords;
  const rows = [...body.rows].map((row) => {
    const text = row.cells[column].textContent;
    return { row, text, rank: rank(text, numeric) };
  });
  rows.sort((a, b) => a.rank - b.rank || (a.rank ? 0 : sign * compare(a.text, b.text)));
  body.append(...rows.map(({ row }) => row));
  headings.forEach((other) => other.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
}

headings.forEach((heading, column) => {
  heading.style.cursor = "pointer";
  heading.tabIndex = 0;
  heading.addEventListener("click", () => sort(heading, column));
  heading.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    sort(heading, column);
  });
});
