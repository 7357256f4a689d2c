// Dropping files, the keys of the review, and the look of a question while it is
// written. Each page works without.
"use strict";
(() => {
  const drop = document.querySelector("form[data-drop]");
  if (drop) {
    const file = drop.querySelector("input[type=file]");
    for (const kind of ["dragenter", "dragover"]) {
      document.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("over"); });
    }
    document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) drop.classList.remove("over"); });
    document.addEventListener("drop", (e) => {
      e.preventDefault();
      drop.classList.remove("over");
      if (!e.dataTransfer.files.length) return;
      file.files = e.dataTransfer.files;
      drop.requestSubmit();
    });
  }

  if (document.querySelector("form[data-review]")) {
    const remark = document.querySelector("[data-remark]");
    document.addEventListener("keydown", (e) => {
      if (e.repeat) return; // a key that is held down approves no question that nobody has read
      if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.target.matches("input, textarea, select")) return;
      const button = document.querySelector(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`);
      if (!button) return;
      e.preventDefault();
      // What is sent back wants words: the first X asks for them.
      if (button.dataset.key === "x" && !remark.value) document.addEventListener("keyup", () => remark.focus(), { once: true });
      else button.click();
    });
  }

  // Only the fields of the chosen type are shown.
  for (const form of document.querySelectorAll("form")) {
    const fit = () => {
      const type = form.querySelector("input[name=type]:checked")?.value ?? "single";
      for (const part of form.querySelectorAll("[data-for]")) {
        part.hidden = type === "blank" ? part.dataset.for !== "blank" : part.dataset.for === "blank";
      }
    };
    if (!form.querySelector("[data-for]")) continue;
    form.addEventListener("change", fit);
    fit();
  }

  const check = document.querySelector("form[data-check]");
  if (!check) return;
  let timer, asked = 0;
  const look = async () => {
    const mine = ++asked;
    const answer = await fetch(check.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(check)) }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("checked");
    if (underFinger) return soon(); // what is tapped must not move away
    if (fresh && mine === asked) document.getElementById("checked").replaceWith(document.adoptNode(fresh));
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(look, 400); };
  check.addEventListener("input", soon);
  check.addEventListener("change", soon);
})();
