// The technician's panel: what goes over the wire.
import { $, call, civil, el } from "./dom.js";

const names = ["trace", "outbox", "ledger", "calls", "faults"];
const loaders = { trace: loadTrace, outbox: loadOutbox, ledger: loadLedger, calls: loadCalls, faults: loadFaults };

let current = "trace";
let known = { trace: 0, api: false, ledger: false };
let chosen = 0; // the number of the message that is shown; 0: the last

const visible = () => $("tech").offsetParent !== null;

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
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = names[(names.indexOf(name) + step + names.length) % names.length];
      select(next);
      $("tab-" + next).focus();
    });
  }
  addEventListener("resize", refresh);
}

function select(name) {
  current = name;
  for (const each of names) {
    const on = each === name;
    $("tab-" + each).setAttribute("aria-selected", String(on));
    $("tab-" + each).tabIndex = on ? 0 : -1;
    $("pane-" + each).hidden = !on;
  }
  refresh();
}

async function refresh() {
  if (!visible()) return;
  const name = current;
  try {
    await loaders[name]($("pane-" + name));
  } catch (error) {
    $("pane-" + name).replaceChildren(nothing(error.message));
  }
}

const nothing = (text) => el("p", { class: "nothing" }, text);
const when = (ms) => { const c = civil(ms); return `${c.month}月${c.day}日 ${c.time}:${c.seconds}`; };

async function loadTrace(pane) {
  const list = (await call("trace")).reverse();
  if (list.length === 0) {
    pane.replaceChildren(nothing("成员发出第一条消息后，这里显示微信发给本服务的报文和答复。"));
    return;
  }
  const x = list.find((each) => each.n === chosen) ?? list[0];
  const pick = el("select", { id: "trace-pick", "aria-label": "哪一条消息", onchange: () => { chosen = Number(pick.value); refresh(); } },
    ...list.map((each, i) => el("option", { value: i === 0 ? 0 : each.n, selected: each === x }, `${when(each.at)}　${each.what}`)));
  const shown = document.activeElement?.id === "trace-pick";
  pane.replaceChildren(pick, ...x.deliveries.flatMap((d, i) => delivery(d, i, x.deliveries.length)));
  if (shown) pick.focus();
}

function delivery(d, i, of) {
  const url = new URL(d.url, location.href);
  const nodes = [];
  if (of > 1) nodes.push(el("h3", { class: "attempt" }, `第 ${i + 1} 次投递`));
  nodes.push(el("h4", {}, el("span", { class: "tag" }, "请求"), `${d.method} ${url.pathname}`),
    el("dl", {}, ...[...url.searchParams].flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])),
    lines(d.header), code(d.request, d.opened ? "加密的报文" : "报文", "trace-request"));
  if (d.opened) nodes.push(code(d.opened, "解密后", "trace-opened"));
  const good = d.status === 200 && !d.error;
  nodes.push(el("h4", {}, el("span", { class: good ? "tag good" : "tag bad" }, "答复"), d.status ? `HTTP ${d.status}` : "没有答复"));
  if (d.error) nodes.push(el("p", { class: "error" }, d.error));
  if (d.status) nodes.push(lines(d.replyHeader), code(d.reply || "（空）", d.replyOpened ? "加密的答复" : "答复", "trace-reply"));
  if (d.replyOpened) nodes.push(code(d.replyOpened, "解密后", "trace-reply-opened"));
  return nodes;
}

const lines = (header) => el("pre", { class: "header" }, (header ?? []).join("\n"));

const code = (text, title, id) => el("figure", {}, el("figcaption", {}, title), el("pre", { class: "code", id }, ...coloured(text)));

// coloured sets tags and JSON's names apart. XML gets a line for each element.
function coloured(text) {
  const xml = text.trimStart().startsWith("<");
  const pieces = xml ? text.replaceAll("><", ">\n<").replaceAll("]]>\n<![CDATA[", "]]><![CDATA[").replaceAll(">\n<![", "><![").replaceAll("]]>\n</", "]]></").split(/(<\/?[A-Za-z][^>]*>|<!\[CDATA\[|\]\]>)/) : text.split(/("(?:[^"\\]|\\.)*"(?=\s*:))/);
  return pieces.map((piece, i) => (i % 2 ? el("span", { class: xml && piece.includes("[") || piece === "]]>" ? "cdata" : "name" }, piece) : piece));
}

async function loadOutbox(pane) {
  const list = known.api ? await call("outbox") : [];
  if (list.length === 0) {
    pane.replaceChildren(nothing("公众号还没有主动发过消息。到了推送时间，群发、客服消息和提醒都列在这里。"));
    return;
  }
  pane.replaceChildren(...list.reverse().map((s) => code(JSON.stringify(s, null, 2), sentTitle(s))));
}

const kinds = { mass: "群发", custom: "客服消息", template: "模板消息", subscribe: "订阅通知" };

function sentTitle(s) {
  const kind = s.kind ?? s.Kind, to = s.to ?? s.To, time = Date.parse(s.time ?? s.Time);
  return `${kinds[kind] ?? kind}　${(s.toAll ?? s.ToAll) ? "全体" : `${to?.length ?? 0} 人`}　${Number.isNaN(time) ? "" : when(time)}`;
}

async function loadLedger(pane) {
  if (!known.ledger) {
    pane.replaceChildren(nothing("这里没有推送台账。"));
    return;
  }
  const text = JSON.stringify(await call("ledger"), null, 2);
  pane.replaceChildren(code(text === "null" || text === "[]" || text === "{}" ? "（还是空的）" : text, "推送台账"));
}

async function loadCalls(pane) {
  const list = known.api ? await call("calls") : [];
  if (list.length === 0) {
    pane.replaceChildren(nothing("本服务还没有调用过微信的接口。"));
    return;
  }
  pane.replaceChildren(el("table", {},
    el("thead", {}, el("tr", {}, ...["时间", "接口", "errcode"].map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, ...list.reverse().map((c) => el("tr", { class: c.code || c.cut ? "bad" : "" },
      el("td", {}, when(c.at)), el("td", {}, el("code", {}, c.path)), el("td", {}, c.cut ? "断开" : String(c.code)))))));
}

async function loadFaults(pane) {
  pane.replaceChildren(nothing("没有接口可以演练。"));
}
