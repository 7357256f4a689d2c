// What the account sent by itself, the ledger of the push, and the calls of the API.
import { call, el, nothing, toast, when } from "./dom.js";
import { code } from "./code.js";

const most = 60; // messages that are shown

const json = (v) => el("details", {}, el("summary", {}, "JSON"), code(JSON.stringify(v, null, 2), "原样", "json"));

const kinds = { mass: "群发", custom: "客服消息", template: "模板消息", subscribe: "订阅通知" };

export const outbox = {
  async load(known) {
    const list = known.api ? await call("outbox") : [], held = known.api ? await call("held") : [];
    return { held, all: list.length, list: list.slice(-most).reverse(), names: Object.fromEntries(known.members.map((m) => [m.id, m.name])) };
  },
  show(pane, { held, all, list, names }, refresh) {
    const to = (s) => (s.to_all ? "全体关注者" : s.to.map((id) => names[id] ?? id).join("、"));
    const asks = held.map((h, i) => request(h, to(h.sent), i === 0, refresh));
    if (all === 0) {
      pane.replaceChildren(...asks, nothing("公众号还没有主动发过消息。到了推送时间，群发、客服消息和提醒都列在这里。"));
      return;
    }
    pane.replaceChildren(...asks,
      el("p", { class: "sum" }, all > most ? `共 ${all} 条，这里是最近的 ${most} 条。` : `共 ${all} 条。`),
      ...list.map((s) => el("article", { class: "sent", data: { sent: s.id, kind: s.kind } },
        el("h4", {}, el("span", { class: "tag" }, kinds[s.kind] ?? s.kind), to(s), el("time", {}, when(Date.parse(s.time)))),
        el("p", { class: "words" }, s.content), json(s))));
  },
};

// request is a mass message that waits for the account's administrator, as the phone of
// that one asks for it. The oldest is answered first.
function request(h, to, first, refresh) {
  const say = (yes) => async () => {
    try { await call("confirm", { yes }); } catch (error) { toast(error.message); }
    refresh();
  };
  return el("article", { class: "sent held", data: { held: h.sent.msg_id } },
    el("h4", {}, el("span", { class: "tag bad" }, "等管理员确认"), to, el("time", {}, `${when(Date.parse(h.until))} 前`)),
    el("p", { class: "words" }, h.sent.content),
    first ? el("div", { class: "row" }, el("button", { type: "button", id: "confirm-yes", class: "plain", onclick: say(true) }, "管理员同意"),
      el("button", { type: "button", id: "confirm-no", class: "plain", onclick: say(false) }, "管理员不同意")) : "");
}

const outcomes = { "": "进行中", sent: "已发出", unknown: "结果不明", refused: "被拒绝", nothing: "没有内容", missed: "错过了", partly: "只发了一部分", off: "未开启", ahead: "还没到点" };
const states = { planned: "未发", sending: "正在发", sent: "已发", unknown: "不明", refused: "被拒" };
const channels = { mass: "群发文字", article: "群发图文", draft: "草稿", members: "逐个发" };

export const ledger = {
  async load(known) { return { days: known.ledger ? await call("ledger") : null }; },
  show(pane, { days }) {
    if (!days?.length) {
      pane.replaceChildren(nothing("推送台账还是空的。"));
      return;
    }
    while (days.at(-1)?.outcome === "off") days.pop(); // before the first push
    const good = { sent: "good", refused: "bad", unknown: "bad", missed: "bad" };
    pane.replaceChildren(table(["日期", "结果", "内容", "渠道"], days.map((d) => [
      el("time", {}, d.day), el("span", { class: `tag ${good[d.outcome ?? ""] ?? "idle"}` }, outcomes[d.outcome ?? ""] ?? d.outcome),
      d.title ?? "", el("div", {}, ...(d.sends ?? []).map((s) => el("p", {}, send(s)))),
    ]), (i) => ({ day: days[i].day, outcome: days[i].outcome ?? "" })), json(days));
  },
};

function send(s) {
  const said = [`${channels[s.channel] ?? s.channel}：${states[s.state] ?? s.state}`];
  if (s.tries > 1) said.push(`试了 ${s.tries} 次`);
  if (s.counts) said.push(`送达 ${s.counts.sent}，失败 ${s.counts.failed}`);
  if (s.reason) said.push(s.reason);
  return said.join("，");
}

export const calls = {
  async load(known) { return { list: known.api ? (await call("calls")).reverse() : [] }; },
  show(pane, { list }) {
    if (list.length === 0) {
      pane.replaceChildren(nothing("本服务还没有调用过微信的接口。"));
      return;
    }
    pane.replaceChildren(table(["时间", "接口", "errcode"], list.map((c) => [
      when(Date.parse(c.time)), el("code", {}, `${c.method} ${c.path}`), c.cut ? "没有答复" : String(c.errcode),
    ]), (i) => ({ errcode: list[i].errcode }), (i) => (list[i].errcode || list[i].cut ? "bad" : "")));
  },
};

// table has a row for each list of cells; data and className tell of row i.
function table(heads, rows, data, className = () => "") {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((t) => el("th", { scope: "col" }, t)))),
    el("tbody", {}, ...rows.map((cells, i) => el("tr", { class: className(i), data: data(i) }, ...cells.map((c) => el("td", {}, c))))));
}
