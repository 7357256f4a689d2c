// While an item is being written, its faults and its look are asked for anew; without
// script they come when it is kept.
"use strict";
(() => {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  let timer, asked = 0;
  const check = async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")) }).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("checked"), old = document.getElementById("checked");
    if (!fresh || !old) return;
    if (underFinger) return soon(); // what is tapped must not move away
    old.replaceWith(document.adoptNode(fresh));
    for (const field of form.elements) {
      if (field.name) field.removeAttribute("aria-invalid");
    }
    for (const stale of form.querySelectorAll(".fault.small")) stale.remove();
    for (const fault of fresh.querySelectorAll("[data-field]")) {
      const field = form.elements[fault.dataset.field];
      if (!field || !field.closest) continue;
      field.setAttribute("aria-invalid", "true");
      const told = document.createElement("p");
      told.className = "fault small";
      told.textContent = fault.textContent;
      field.closest("p").after(told);
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(check, 500); };
  form.addEventListener("input", soon);
})();
