// The drill: calls of the API that are made to go wrong.
import { call, clear, el, toast } from "./dom.js";

const paths = [
  ["/cgi-bin/message/mass/sendall", "群发"], ["/cgi-bin/message/custom/send", "客服消息（提醒）"], ["/cgi-bin/draft/add", "新建草稿"],
  ["/cgi-bin/stable_token", "取令牌"], ["/cgi-bin/menu", "菜单"], ["", "所有接口"],
];
const codes = [
  [-1, "系统繁忙"], [40001, "令牌或密钥不对"], [42001, "令牌过期"], [40164, "地址不在白名单"], [43004, "没有关注"], [45009, "今天的额度用完"],
  [45011, "调用太快"], [45015, "超过 48 小时"], [45028, "群发额度用完"], [45047, "客服消息太多"], [45065, "clientmsgid 重复"], [48001, "没有权限"],
];
const ways = [["code", "答一个错误码"], ["hang", "不答复，直到对方放弃"], ["drop", "把连接断开"]];

export async function load(known) { return known.api ? { armed: await call("faults") } : { fault: "没有接口可以演练。" }; }

export function show(pane, { armed }, refresh) {
  if (!pane.querySelector("form")) pane.replaceChildren(form(refresh), el("section", { id: "armed", "aria-label": "已布置的故障" }));
  const list = pane.querySelector("#armed");
  if (armed.length === 0) {
    list.replaceChildren(el("h4", {}, "已布置的故障"), el("p", { class: "none" }, "没有。接口一切正常。"));
    return;
  }
  list.replaceChildren(el("h4", {}, "已布置的故障"), el("ol", {}, ...armed.map((f) => el("li", { data: { path: f.path } }, ...described(f)))),
    el("button", { type: "button", id: "clear-faults", class: "plain", onclick: async () => { await attempt(() => clear("faults")); refresh(); } }, "全部清除"));
}

function described(f) {
  const name = paths.find(([path]) => path === f.path)?.[1];
  const meaning = codes.find(([code]) => code === f.code)?.[1];
  const way = f.hang ? "不答复" : f.drop ? "断开" : `errcode ${f.code}${meaning ? "　" + meaning : ""}`;
  return [
    el("strong", {}, name ?? f.path, f.path && name ? el("code", {}, f.path) : ""),
    el("span", {}, `${way}；${f.after ? "调用已经生效" : "调用没有生效"}；${f.times < 0 ? "一直如此" : `还有 ${f.times} 次`}`),
  ];
}

const choice = (name, value, label, checked) => el("label", { class: "choice" }, el("input", { type: "radio", name, value, checked }), label);

const option = ([value, label], shown) => el("option", { value }, shown ? `${label}　${shown}` : label);

function form(refresh) {
  const path = el("select", { id: "fault-path" }, ...paths.map((p) => option(p, p[0])), option(["other", "另外填写"]));
  const other = el("input", { id: "fault-other", "aria-label": "接口路径的开头", placeholder: "/cgi-bin/…", pattern: "/.*", maxlength: "200", hidden: true });
  const code = el("input", { id: "fault-code", type: "number", value: "-1", required: true, list: "fault-codes" });
  const codeField = el("label", {}, "错误码 errcode", code, el("datalist", { id: "fault-codes" }, ...codes.map((c) => option(c))));
  const times = el("input", { id: "fault-times", type: "number", min: "1", max: "1000", value: "1", required: true });
  const always = el("input", { id: "fault-always", type: "checkbox", onchange: () => { times.disabled = always.checked; } });
  path.addEventListener("change", () => { other.hidden = path.value !== "other"; other.required = !other.hidden; if (!other.hidden) other.focus(); });
  const node = el("form", { class: "faults", id: "fault-form" },
    el("p", {}, "让接下来的接口调用出错，看本服务怎么应对。只在这个沙盒里有效，服务重启后自动清除。"),
    el("label", {}, "哪个接口", path), other,
    el("fieldset", {}, el("legend", {}, "怎么出错"), ...ways.map(([value, label], i) => choice("way", value, label, i === 0))),
    codeField,
    el("fieldset", {}, el("legend", {}, "微信那边"), choice("effect", "before", "没有照办", true), choice("effect", "after", "已经照办，只是答复没有说")),
    el("div", { class: "row" }, el("label", {}, "几次", times), el("label", { class: "choice" }, always, "一直如此")),
    el("button", { class: "primary", id: "arm" }, "布置故障"));
  node.addEventListener("change", () => { codeField.hidden = node.elements.way.value !== "code"; code.disabled = codeField.hidden; });
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const way = node.elements.way.value, after = node.elements.effect.value === "after";
    await attempt(() => call("faults", {
      path: path.value === "other" ? other.value : path.value, code: way === "code" ? Number(code.value) : 0,
      hang: way === "hang", drop: way === "drop", before: !after, after, times: always.checked ? -1 : Number(times.value),
    }));
    refresh();
  });
  return node;
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    toast(error.message);
  }
}
