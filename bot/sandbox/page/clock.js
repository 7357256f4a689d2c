// The sandbox's clock: the calendar's leaf, and the buttons that move time on.
import { $, call, civil, toast } from "./dom.js";

let ahead = 0; // the sandbox's time minus this machine's, in milliseconds
let shown = "";
let push = "07:30"; // when the account sends the day's message
let dayChanged = () => {};

export const now = () => Date.now() + ahead;

// set takes the server's time over.
export function set(ms) {
  ahead = ms - Date.now();
  show();
}

// setPush hears when the account sends the day's message.
export function setPush(time) {
  if (!time || time === push) return;
  push = time;
  shown = "";
  show();
}

const parts = [[5, "凌晨"], [8, "早上"], [11, "上午"], [13, "中午"], [17, "下午"], [19, "傍晚"], [24, "晚上"]];

function show() {
  const c = civil(now());
  const text = `${c.number} ${c.time}`;
  if (text === shown) return;
  const turned = shown !== "" && !shown.startsWith(c.number + " ");
  const first = shown === "";
  shown = text;
  const date = new Date(now() + 8 * 3600e3).toISOString().slice(0, 10);
  for (const id of ["cal-time", "bar-time"]) {
    $(id).textContent = c.time;
    $(id).dateTime = `${date} ${c.time}`;
  }
  $("cal-part").textContent = parts.find(([until]) => c.hour < until)[1];
  $("cal-month").textContent = `${c.year}年${c.month}月`;
  $("cal-day").textContent = c.day;
  $("cal-week").textContent = c.week;
  $("bar-date").textContent = `${c.month}月${c.day}日 ${c.week}`;
  const next = civil(now() + untilPush());
  $("advance-push").textContent = (next.number === c.number ? "今" : "明") + (next.hour < 10 ? "早" : next.hour < 18 ? "天" : "晚") + " " + next.time.replace(/^0/, "");
  if (turned) turnLeaf();
  if (turned || first) dayChanged();
}

function turnLeaf() {
  const leaf = $("leaf");
  leaf.classList.remove("turn");
  void leaf.offsetWidth; // begins the animation anew
  leaf.classList.add("turn");
}

// untilPush is how long it is to the next push, in milliseconds.
function untilPush() {
  const [hour, minute] = push.split(":").map(Number), day = 864e5;
  return day - (now() + 8 * 3600e3 - (hour * 60 + minute) * 60e3 + day) % day;
}

// label is how a chat writes a time.
export function label(at) {
  const c = civil(at), today = civil(now()), days = today.number - c.number;
  if (days === 0) return c.time;
  if (days === 1) return `昨天 ${c.time}`;
  if (days > 1 && days < 7) return `${c.week} ${c.time}`;
  return `${c.year === today.year ? "" : c.year + "年"}${c.month}月${c.day}日 ${c.time}`;
}

// start wires the buttons. moved is called when a move is done, or failed.
export function start({ moved, onDay }) {
  dayChanged = onDay;
  setInterval(show, 1000);
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", async () => {
      let advance = button.dataset.advance;
      // A second more: the time itself shall have come.
      if (advance === "push") advance = `${Math.ceil(untilPush() / 1000) + 1}s`;
      busy(true, button.textContent);
      try {
        set(Date.parse((await call("clock", { advance })).now));
      } catch (error) {
        toast(error.message);
      }
      await moved();
      busy(false);
    });
  }
}

function busy(on, what) {
  for (const b of document.querySelectorAll("[data-advance]")) b.disabled = on;
  document.body.toggleAttribute("data-advancing", on);
  $("progress").hidden = !on;
  if (on) $("progress-text").textContent = `正在走到“${what}”，到点的事逐件办完……`;
}
