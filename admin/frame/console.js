// What all pages of the console do with script; each of them works without it.
"use strict";
document.documentElement.classList.add("script");

// A form marked data-once is sent once, however often its button is tapped.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) { e.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});

// Coming back by the browser's own button shows the form ready again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// A list marked data-now sends its form as soon as something is chosen from it. The arrows
// of a keyboard pass over all entries before the one that is meant: there the button beside
// it sends.
let arrows = false;
document.addEventListener("keydown", (e) => { arrows = e.target.matches("[data-now]") && e.key !== "Enter" && e.key !== " "; }, true);
document.addEventListener("pointerdown", () => { arrows = false; }, true);
document.addEventListener("change", (e) => {
  if (e.target.matches("[data-now]") && !arrows) e.target.form.requestSubmit();
});

// Whether somebody is at work in a part of the page: is about to tap, or has the focus
// there by keyboard or in a field. What is replaced meanwhile loses the tap, or what was typed.
let underFinger = false, release;
function press() { clearTimeout(release); underFinger = true; }
function letGo() { release = setTimeout(() => { underFinger = false; }, 100); } // the click comes after it
document.addEventListener("pointerdown", (e) => { if (e.button === 0) press(); }, true);
document.addEventListener("pointerup", letGo, true);
document.addEventListener("pointercancel", letGo, true);
document.addEventListener("keydown", (e) => { if (e.key === " ") press(); }, true); // which taps when it comes up
document.addEventListener("keyup", letGo, true);
function inUse(part) {
  const at = document.activeElement;
  return underFinger || at !== part && part.contains(at) && at.matches("input, select, textarea, :focus-visible");
}

// While something on the page is marked data-again (milliseconds), the page is asked
// for again and its main part replaced.
async function again() {
  const old = document.querySelector("main"), mark = old.querySelector("[data-again]");
  if (!mark) return;
  await new Promise((done) => setTimeout(done, Number(mark.dataset.again)));
  try {
    if (inUse(old)) return again();
    const answer = await fetch(location.href, { headers: { "Dangshi-Again": "yes" } });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (inUse(old)) return again(); // since it was asked for
    if (answer.redirected || !next) return location.assign(answer.url);
    for (const without of next.querySelectorAll("noscript")) without.remove(); // read by script, what is in it would act
    const note = old.querySelector("#note"); // with its undo, it stays until another page is opened
    old.replaceChildren(...(note ? [note] : []), ...next.childNodes);
  } catch { /* the network is gone for a moment: once more */ }
  again();
}
again();

// A form with data-unmask shows its passwords while that is ticked, and sends them as such.
for (const offer of document.querySelectorAll("[data-unmask]")) {
  const form = offer.closest("form"), tick = offer.querySelector("input"), fields = form.querySelectorAll("[type=password]");
  const mask = () => { for (const field of fields) field.type = tick.checked ? "text" : "password"; };
  offer.hidden = false;
  tick.addEventListener("change", mask);
  form.addEventListener("submit", () => { tick.checked = false; mask(); });
}

// A button marked data-back goes to the page before, where what was typed still stands.
for (const back of document.querySelectorAll("[data-back]")) {
  back.hidden = history.length < 2;
  back.addEventListener("click", () => history.back());
}

// Buttons marked data-print print the page.
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-print]")) window.print();
});
