// The messages that were posted to the webhook, and its answers.
import { call, el, nothing, when } from "./dom.js";
import { code } from "./code.js";

let chosen = 0; // the number of the message that is shown; 0: the last

export async function load(known) {
  const list = (await call("trace")).reverse();
  return { list, chosen, safe: known.safe, names: Object.fromEntries(known.members.map((m) => [m.id, m.name])) };
}

export function show(pane, { list, safe, names }, refresh) {
  if (list.length === 0) {
    pane.replaceChildren(nothing("成员发出第一条消息后，这里显示微信发给本服务的报文和答复。"));
    return;
  }
  const x = list.find((each) => each.n === chosen) ?? list[0];
  const pick = el("select", { id: "trace-pick", "aria-label": "哪一条消息", onchange: () => { chosen = Number(pick.value); refresh(); } },
    ...list.map((each, i) => el("option", { value: i === 0 ? 0 : each.n, selected: each === x }, title(each, names))));
  const focused = document.activeElement?.id === "trace-pick";
  const mode = el("p", { class: "sum" }, safe ? "安全模式：报文是加密的。" : "明文模式：报文没有加密。");
  pane.replaceChildren(pick, mode, ...x.deliveries.flatMap((d, i) => delivery(d, i, x.deliveries.length)));
  if (focused) pick.focus();
}

function title(x, names) {
  const last = x.deliveries.at(-1);
  const bad = last.error || last.status !== 200 ? "　✕" : "";
  return `${when(x.at)}　${names[x.from] ?? "微信"}　${x.what}${bad}`;
}

function delivery(d, i, of) {
  const url = new URL(d.url, location.href), nodes = [];
  if (of > 1) nodes.push(el("h3", { class: "attempt" }, `第 ${i + 1} 次投递`));
  nodes.push(el("h4", {}, el("span", { class: "tag" }, "请求"), `${d.method} ${url.pathname}`),
    el("dl", {}, ...[...url.searchParams].flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])),
    lines(d.header), code(d.request, d.opened ? "加密的报文" : "报文", "request"));
  if (d.opened) nodes.push(code(d.opened, "解密后", "opened"));
  const good = d.status === 200 && !d.error;
  nodes.push(el("h4", {}, el("span", { class: good ? "tag good" : "tag bad" }, "答复"), d.status ? `HTTP ${d.status}` : "没有答复"));
  if (d.error) nodes.push(el("p", { class: "error" }, d.error));
  if (d.status) nodes.push(lines(d.replyHeader), code(d.reply || "（空）", d.replyOpened ? "加密的答复" : "答复", "reply"));
  if (d.replyOpened) nodes.push(code(d.replyOpened, "解密后", "reply-opened"));
  return nodes;
}

const lines = (header) => el("pre", { class: "header" }, (header ?? []).join("\n"));
