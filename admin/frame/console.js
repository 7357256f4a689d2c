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

// A field marked data-now sends its form as soon as it is changed.
document.addEventListener("change", (e) => {
  if (e.target.matches("[data-now]")) e.target.form.requestSubmit();
});

// Buttons marked data-print print the page.
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-print]")) window.print();
});
