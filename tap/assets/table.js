// Sort the rows of the table by a click on a heading; another click turns the order round.
"use strict";

const body = document.querySelector("tbody");

function compare(column, numeric) {
  return (one, other) => {
    const a = one.cells[column].textContent;
    const b = other.cells[column].textContent;
    if (a === "" || b === "") return (a === "") - (b === ""); // nothing comes last
    return numeric ? Number(a.replace("Inf", "Infinity")) - Number(b.replace("Inf", "Infinity"))
      : a.localeCompare(b);
  };
}

document.querySelectorAll("thead th").forEach((heading, column) => {
  heading.style.cursor = "pointer";
  heading.addEventListener("click", () => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const rows = [...body.rows].sort(compare(column, heading.classList.contains("n")));
    body.append(...(ascending ? rows : rows.reverse()));
  });
});
