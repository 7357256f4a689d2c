// The figures are brought up to date while the page is looked at, half an hour long.
"use strict";
const live = document.querySelector("#live");
let left = 60;
async function refresh() {
  if (!live || left-- <= 0) return;
  const busy = () => document.hidden || inUse(live) || live.contains(document.activeElement) || live.querySelector("details[open]");
  if (!busy()) {
    try {
      const answer = await fetch(live.dataset.live);
      if (answer.redirected) return; // signed out: the page stays as it was
      const fresh = await answer.text();
      if (answer.ok && !busy()) live.innerHTML = fresh;
    } catch { /* the network is gone for a moment: once more later */ }
  }
  setTimeout(refresh, 30_000);
}
setTimeout(refresh, 30_000);

// Buttons that copy a field.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).value);
    button.textContent = "已复制";
  });
}
