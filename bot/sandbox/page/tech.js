// The technician's panel: what goes over the wire, what was sent, what can go wrong.
import { $, el } from "./dom.js";
import * as faults from "./faults.js";
import * as records from "./records.js";
import * as trace from "./trace.js";

const panes = { trace, outbox: records.outbox, ledger: records.ledger, calls: records.calls, faults };
const names = Object.keys(panes);
const again = 2000; // milliseconds: calls and faults change unheard

let current = "trace";
let known = { trace: 0, api: false, ledger: false, members: [] };
const shown = {}; // by pane: what it shows, as JSON

const visible = () => !document.hidden && $("tech").offsetParent !== null;

// tell hears of each change of the server's state.
export function tell(s) {
  known = s;
  refresh();
}

export function start() {
  for (const name of names) {
    const tab = $("tab-" + name);
    tab.addEventListener("click", () => select(name));
    tab.addEventListener("keydown", (event) => {
      const at = names.indexOf(name), last = names.length - 1;
      const next = names[{ ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key]];
      if (!next) return;
      event.preventDefault();
      select(next);
      $("tab-" + next).focus();
    });
  }
  addEventListener("resize", refresh);
  setInterval(refresh, again);
}

function select(name) {
  current = name;
  for (const each of names) {
    const on = each === name;
    $("tab-" + each).setAttribute("aria-selected", String(on));
    $("tab-" + each).tabIndex = on ? 0 : -1;
    $("pane-" + each).hidden = !on;
  }
  $("tab-" + name).scrollIntoView({ block: "nearest", inline: "nearest" });
  refresh();
}

// refresh asks for what the open pane shows, and shows it anew only where it has
// changed: who reads there keeps the place.
export async function refresh() {
  if (!visible()) return;
  const name = current, pane = $("pane-" + name);
  let what;
  try {
    what = await panes[name].load(known);
  } catch (error) {
    if (error.status === undefined) throw error;
    what = { fault: error.message };
  }
  const now = JSON.stringify(what);
  if (shown[name] === now) return;
  shown[name] = now;
  if (what.fault) pane.replaceChildren(el("p", { class: "nothing" }, what.fault));
  else panes[name].show(pane, what, refresh);
}
