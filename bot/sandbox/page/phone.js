// The phone: what the server knows is polled, what the member does is posted.
import { $, call, el, icon, recall, remember, toast } from "./dom.js";
import * as chat from "./chat.js";
import * as clock from "./clock.js";
import * as sheets from "./sheets.js";
import * as tech from "./tech.js";

const pollEvery = 1000;

let state = { members: [], menu: [] };
let revision = "";
let active = ""; // the openid of the member who holds the phone
let count = -1; // how many entries of the chat are shown, as the server counts
let sending = 0;
const keyboards = new Set(); // members who have put the menu aside

const member = () => state.members.find((m) => m.id === active);

// sync asks the server what is new. Calls while it runs ask once more.
let running = null, again = false;
function sync() {
  again = running !== null;
  running ??= (async () => {
    try {
      do { again = false; await once(); } while (again);
      $("offline").hidden = true;
    } catch (error) {
      if (error.status === undefined) throw error; // a mistake in this page
      $("offline").hidden = false;
      $("offline").textContent = error.status ? error.message : "连不上服务，正在重试……";
    } finally {
      running = null;
    }
  })();
  return running;
}

async function once() {
  const s = await call("state?revision=" + revision);
  clock.set(s.now);
  if (s.revision !== revision) {
    state = s;
    state.menu ??= [];
    state.members.forEach((m, i) => { m.index = i; });
    revision = s.revision;
    if (!member()) hold((state.members.find((m) => m.id === recall("member")) ?? state.members[0]).id);
    show();
    clock.setPush(s.push);
    tech.tell(s);
  }
  const m = member();
  if (m.count === count) return;
  const news = await call(`chat?member=${encodeURIComponent(m.id)}&after=${encodeURIComponent(chat.lastID())}`);
  if (m.id !== active) return;
  chat.add(news.entries, news.whole && count !== 0);
  count = m.count;
  busy();
  await look(m);
}

// look tells the server that the member sees the chat.
async function look(m) {
  if (m.unread === 0 || document.hidden) return;
  await call("read", { member: m.id });
  m.unread = 0;
  show();
}

// hold gives the phone to another member.
function hold(id) {
  active = id;
  count = -1;
  remember("member", id);
  chat.open(member());
  sheets.closeAll();
  panel(false);
  $("text").value = "";
  typed();
  show();
}

function show() {
  const m = member();
  document.body.dataset.member = m.name;
  for (const node of document.querySelectorAll("[data-account]")) node.textContent = state.account;
  if ($("who").dataset.member !== m.id) {
    const face = Object.assign(chat.face(m), { id: "who" });
    face.dataset.member = m.id;
    $("who").replaceWith(face);
  }
  $("open-side").setAttribute("aria-label", `现在是${m.name}，换一位成员`);
  const others = state.members.reduce((n, each) => n + (each === m ? 0 : each.unread), 0);
  badge($("others-unread"), others);
  showMembers();
  const hasMenu = state.menu.length > 0;
  $("to-menu").hidden = !hasMenu;
  $("bar").dataset.mode = !m.follows ? "follow" : hasMenu && !keyboards.has(m.id) ? "menu" : "keyboard";
  $("ask-unfollow").hidden = !m.follows;
  busy();
  $("profile").hidden = m.follows || m.count > 0;
  showMenu();
}

// busy tells that the chat lacks entries that there are.
function busy() { $("log").setAttribute("aria-busy", String(count !== member().count)); }

function badge(node, n) {
  node.hidden = n === 0;
  node.textContent = n > 99 ? "99+" : n;
}

// Each member's row stays the same element: one that is put in its place while it is
// being pressed would never be tapped.
const rows = new Map(); // by the member's id
function showMembers() {
  for (const [id, node] of rows) {
    if (state.members.some((m) => m.id === id)) continue;
    node.remove();
    rows.delete(id);
  }
  for (const m of state.members) {
    if (!rows.has(m.id)) {
      rows.set(m.id, row(m));
      $("members").append(rows.get(m.id));
    }
    tellRow(rows.get(m.id).firstChild, m);
  }
}

function row(m) {
  return el("li", {}, el("button", {
    type: "button", data: { member: m.id, name: m.name }, onclick: () => { hold(m.id); side(false); sync(); },
  }, chat.face(m), el("span", { class: "name" }, m.name, el("small")), el("span", { class: "badge" })));
}

function tellRow(button, m) {
  const mine = m.id === active, unread = mine ? 0 : m.unread;
  const status = m.follows ? (mine ? "正在聊天" : "已关注") : "还没有关注";
  button.dataset.unread = unread;
  if (mine) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  button.setAttribute("aria-label", `${m.name}，${status}${unread ? `，${unread} 条未读` : ""}`);
  button.querySelector("small").textContent = status;
  badge(button.querySelector(".badge"), unread);
}

// The account's menu.
let shownMenu = "";
function showMenu() {
  const now = JSON.stringify(state.menu);
  if (now === shownMenu) return;
  shownMenu = now;
  $("menu").replaceChildren(...state.menu.map((b, i) => {
    const list = el("div", { class: "sub", id: "sub-" + i, hidden: true }, ...(b.sub ?? []).map(item));
    const top = b.sub?.length ? el("button", {
      type: "button", data: { menu: i }, "aria-expanded": "false", "aria-controls": "sub-" + i,
      onclick: () => unfold(i, list.hidden),
    }, icon("i-menu", "small"), b.name) : item(b);
    return el("div", { class: "slot" }, list, top);
  }));
}

function unfold(which, on) {
  document.querySelectorAll("#menu .sub").forEach((list, i) => {
    list.hidden = !(on && i === which);
    list.parentNode.lastChild.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.firstChild?.focus();
  });
}

function item(b) {
  return el("button", {
    type: "button", data: { key: b.key || b.url || b.name, type: b.type }, onclick: () => {
      unfold(0, false);
      if (b.type === "click") send({ type: "click", key: b.key });
      else if (b.type === "view" && /^https?:\/\//i.test(b.url)) {
        open(b.url, "_blank", "noopener,noreferrer");
        send({ type: "view", key: b.url });
      } else toast("沙盒里点不了这种菜单");
    },
  }, b.name);
}

// send does something for the member, and reports whether it was taken. kind is
// that of the bubble to be shown at once; without it there is none.
async function send(act, kind) {
  const ref = crypto.randomUUID?.() ?? String(Math.random());
  const from = active;
  if (kind) chat.expect({ kind, ref, text: act.label || act.text, at: clock.now() });
  panel(false);
  sending++;
  document.body.dataset.sending = sending;
  const typing = setTimeout(() => { $("typing").hidden = false; }, 700);
  let taken = true;
  try {
    await call("send", { ...act, member: from, ref });
  } catch (error) {
    taken = false;
    chat.forget(ref);
    toast(error.message);
  }
  await sync();
  clearTimeout(typing);
  sending--;
  $("typing").hidden = true;
  document.body.dataset.sending = sending;
  return taken;
}

// The line at the bottom.
function typed() {
  const some = $("text").value.trim() !== "";
  $("send").hidden = !some;
  $("plus").hidden = some;
}

function panel(open) {
  $("panel").hidden = !open;
  showStickers(false);
  $("plus").setAttribute("aria-expanded", String(open));
  if (open) chat.toEnd();
}

// showStickers shows them in the panel, in the place of its tools.
function showStickers(on) {
  $("stickers").hidden = !on;
  $("tools").hidden = on;
  $("open-stickers").setAttribute("aria-expanded", String(on));
  if (on) $("stickers").firstChild.focus();
}

function side(open) {
  $("side").classList.toggle("open", open);
  (open ? $("members").querySelector("[aria-current]") : $("open-side"))?.focus();
}

function wire() {
  $("compose").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("text").value;
    if (!text.trim()) return;
    $("text").value = "";
    typed();
    $("text").focus();
    if (await send({ type: "text", text }, "text") || $("text").value !== "") return;
    $("text").value = text; // to be sent again
    typed();
  });
  $("text").addEventListener("input", typed);
  $("text").addEventListener("focus", () => panel(false));
  $("plus").addEventListener("click", () => panel($("panel").hidden));
  $("to-keyboard").addEventListener("click", () => { keyboards.add(active); show(); $("text").focus(); });
  $("to-menu").addEventListener("click", () => { keyboards.delete(active); panel(false); show(); $("to-keyboard").focus(); });
  $("follow").addEventListener("click", () => send({ type: "follow" }));
  $("unfollow").addEventListener("click", () => { sheets.closeAll(); send({ type: "unfollow" }); });
  $("send-image").addEventListener("click", () => send({ type: "image" }, "image"));
  $("open-stickers").addEventListener("click", () => showStickers($("stickers").hidden));
  $("stickers").append(...Object.keys(chat.stickers).map((s) =>
    el("button", { type: "button", data: { sticker: s }, onclick: () => send({ type: "sticker", text: s }, "sticker") }, chat.sticker(s))));
  for (const id of ["open-side", "open-time", "more-people"]) $(id).addEventListener("click", () => { sheets.closeAll(); side(true); });
  $("close-side").addEventListener("click", () => side(false));
  document.addEventListener("click", (event) => { if (!event.target.closest("#menu")) unfold(0, false); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    unfold(0, false);
    panel(false);
    if (!sheets.closeAll()) side(false);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  size(recall("size") ?? "1");
  for (const b of document.querySelectorAll("[data-size]")) b.addEventListener("click", () => size(b.dataset.size));
}

// size is that of the type: 1, 2 or 3.
function size(n) {
  document.documentElement.dataset.type = n;
  remember("size", n);
  for (const b of document.querySelectorAll("[data-size]")) b.setAttribute("aria-pressed", String(b.dataset.size === n));
}

wire();
chat.start((tap) => send({ type: "tap", text: tap.content, menuId: tap.menuId }, "text"));
clock.start({ moved: sync, onDay: chat.relabel });
sheets.start({ send, added: async (id) => { await sync(); hold(id); side(false); await sync(); } });
tech.start();
await sync();
document.body.dataset.ready = "";
setInterval(() => { if (!document.hidden) sync(); }, pollEvery);
