// The chat: bubbles, time lines and cards.
import { $, el, icon } from "./dom.js";
import { label } from "./clock.js";

const gap = 5 * 60e3; // a time line stands where nothing was said for so long

let member = null; // whose chat it is
let last = null; // the entry shown last
let stuck = true; // the end is in sight, and shall stay there
let onTap = () => {};
const pending = new Map(); // by ref: bubbles that the server has not kept yet

export const lastID = () => last?.id ?? "";

export function start(tap) {
  onTap = tap;
  $("jump").addEventListener("click", toEnd);
  log().addEventListener("scroll", () => {
    stuck = atEnd();
    if (stuck) $("jump").hidden = true;
  });
  // The keyboard, the panel or larger type take room away: who reads the end goes on reading it.
  const watch = new ResizeObserver(() => { if (stuck) toEnd(); });
  watch.observe(log());
  watch.observe($("chat"));
}

// open empties the chat for another member.
export function open(m) {
  member = m;
  last = null;
  stuck = true;
  pending.clear();
  $("chat").replaceChildren();
  $("jump").hidden = true;
}

// add shows entries after those that are shown; whole: instead of them.
export function add(entries, whole) {
  const first = last === null, stay = !first && !stuck;
  if (whole) {
    last = null;
    $("chat").replaceChildren();
  }
  for (const e of entries) {
    pending.get(e.ref)?.remove();
    pending.delete(e.ref);
    if (last === null || e.at - last.at > gap || label(e.at).slice(0, -5) !== label(last.at).slice(0, -5)) $("chat").append(timeLine(e.at));
    $("chat").append(line(e));
    last = e;
  }
  $("chat").append(...pending.values());
  if (!first && !whole) announce(entries);
  if (stay) $("jump").hidden = !entries.some((e) => e.side === "account");
  else toEnd();
}

// expect shows at once what the member sends; the server's entry replaces it.
export function expect(e) {
  const li = line({ ...e, id: "", side: "member" });
  li.classList.add("pending");
  pending.set(e.ref, li);
  $("chat").append(li);
  toEnd();
}

export function forget(ref) {
  pending.get(ref)?.remove();
  pending.delete(ref);
}

// relabel writes the time lines anew: on the next day, today is yesterday.
export function relabel() {
  for (const t of document.querySelectorAll("#chat time")) t.textContent = label(Number(t.dataset.at));
}

const log = () => $("log");
const atEnd = () => log().scrollHeight - log().scrollTop - log().clientHeight < 80;

export function toEnd() {
  stuck = true;
  log().scrollTop = log().scrollHeight;
  $("jump").hidden = true;
}

function announce(entries) {
  const words = entries.filter((e) => e.side !== "member").map((e) => e.articles?.[0]?.title ?? spoken(e));
  if (words.length > 0) $("live").textContent = words.join("。");
}

const spoken = (e) => (e.media ? "［图片］" : e.parts ? e.parts.map((p) => p.text).join("") : e.text ?? "");

const timeLine = (at) => el("li", { class: "when" }, el("time", { data: { at } }, label(at)));

function line(e) {
  const data = { id: e.id, side: e.side, kind: e.kind };
  if (e.side === "wechat") return el("li", { class: `line ${e.kind}`, data }, el("span", {}, e.text));
  const from = e.side === "member" ? member.name : "公众号";
  return el("li", { class: `message ${e.side} is-${e.kind}`, data },
    e.side === "member" ? face(member) : el("span", { class: "avatar" }, icon("account")),
    el("span", { class: "hidden" }, from + "："), body(e));
}

// face is a member's avatar: a drawing for the first three, for others a letter.
export function face(m) {
  if (m.index < 3) return el("span", { class: "avatar" }, icon("face-" + m.index));
  return el("span", { class: `avatar letter tint-${m.index % 5}` }, m.name.slice(0, 1));
}

function body(e) {
  switch (e.kind) {
    case "voice": return voice(e);
    case "sticker": return sticker(e.text);
    case "image": return e.media ? picture(e) : el("div", { class: "photo", role: "img", "aria-label": "照片" }, icon("i-picture"));
    case "location": return el("div", { class: "card place" }, el("strong", {}, e.text), el("div", { class: "map" }, icon("i-place")));
    case "news": return el("div", { class: "cards" }, ...e.articles.map(card));
    case "notice": return el("div", { class: "card notice" }, el("small", {}, "服务通知"), el("div", { class: "words" }, ...words(e)));
  }
  return el("div", { class: "bubble" }, ...words(e));
}

// The stickers that there are, by their words: drawings of this page.
export const stickers = { 点赞: "zan", 早上好: "zao", 加油: "jiayou", 谢谢: "xiexie", 辛苦了: "xinku", 收到: "shoudao", 哈哈: "haha", 晚安: "wanan" };

export function sticker(word) {
  if (!Object.hasOwn(stickers, word)) return el("div", { class: "bubble" }, `［表情］${word ?? ""}`);
  return el("img", { class: "sticker", src: `stickers/${stickers[word]}.svg`, alt: `表情：${word}`, width: "120", height: "120" });
}

function voice(e) {
  const seconds = Math.max(1, Math.min(60, Math.ceil([...(e.text ?? "")].length / 3)));
  return el("div", { class: `voice long-${Math.min(5, Math.ceil(seconds / 3))}` },
    el("div", { class: "bubble" }, `${seconds}″`, icon("i-wave")),
    el("p", { class: "heard" }, e.text || "没有听清"));
}

// picture is one of the account's; WeChat forgets it after three days.
function picture(e) {
  const src = `media/${encodeURIComponent(e.media)}`;
  const img = el("img", { src, alt: "公众号发来的图片", onload: () => { if (stuck) toEnd(); }, onerror: () => link.replaceChildren(el("span", { class: "bubble" }, "图片已过期")) });
  const link = el("a", { class: "picture", href: src, target: "_blank", rel: "noopener noreferrer" }, img);
  return link;
}

function card(a) {
  const inside = [
    el("strong", {}, a.title),
    el("div", { class: "cover", "aria-hidden": "true" }, icon("account")),
    a.description && el("p", {}, a.description),
  ];
  if (!a.url) return el("div", { class: "card article" }, ...inside);
  return el("a", { class: "card article", href: a.url, target: "_blank", rel: "noopener noreferrer" }, ...inside, el("small", {}, "阅读全文"));
}

// words shows a text with its links. An option that has a line of its own fills
// it, so that it is easy to hit.
function words(e) {
  const parts = e.parts ?? [{ text: e.text ?? "" }];
  const nodes = [];
  let below = false; // the part before ended with a whole line
  parts.forEach((p, i) => {
    if (!p.tap) {
      let text = p.text;
      if (below) text = text.replace(/^\n/, "");
      if (own(parts, i + 1)) text = text.replace(/\n$/, "");
      below = false;
      if (p.url) nodes.push(el("a", { class: "link", href: p.url, target: "_blank", rel: "noopener noreferrer" }, text));
      else if (text) nodes.push(text);
      return;
    }
    below = own(parts, i);
    nodes.push(el("a", {
      class: below ? "tap whole" : "tap", href: "#", role: "button", data: { content: p.tap.content, menuId: p.tap.menuId },
      onclick: (event) => { event.preventDefault(); onTap(p.tap); },
      onkeydown: (event) => { if (event.key === " ") { event.preventDefault(); onTap(p.tap); } },
    }, p.text));
  });
  return nodes;
}

// own reports whether part i is an option that has its line to itself.
function own(parts, i) {
  const p = parts[i], before = parts[i - 1], after = parts[i + 1];
  return Boolean(p?.tap) && !p.text.includes("\n") &&
    (!before || before.text.endsWith("\n")) && (!after || after.text.startsWith("\n"));
}
