// Adds a copy button to every block of lines meant for pasting. Without this
// script the page is complete; the lines are then selected by hand.
"use strict";

for (const block of document.querySelectorAll("figure.lines")) {
  const caption = block.querySelector("figcaption");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${caption.textContent}`);
  button.addEventListener("click", () => copy(block, button));
  caption.append(button);
}

async function copy(block, button) {
  const code = block.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    say(button, "Copied");
  } catch {
    // No clipboard outside of https and localhost: select the lines instead.
    getSelection().selectAllChildren(code);
    say(button, "Selected");
  }
}

function say(button, word) {
  button.textContent = word;
  document.querySelector("#copy-status").textContent = word;
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}
