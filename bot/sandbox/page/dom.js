// Small helpers of the page. Text from the server only ever becomes text nodes.

export const $ = (id) => document.getElementById(id);

// el makes an element. Properties: class, data (an object), on… handlers, others as attributes.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== undefined && c !== null && c !== false));
  return node;
}

// icon shows a drawing of the page's sprite.
export function icon(name, className) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", "#" + name);
  svg.append(use);
  return svg;
}

// nothing stands where there is nothing to show.
export const nothing = (text) => el("p", { class: "nothing" }, text);

// call asks the server: GET, or POST of body as JSON. It throws an Error whose
// message can be shown; its status is 0 where there was no answer.
export const call = (path, body) => ask(path, body === undefined ? {} :
  { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

// clear asks the server to delete all there is at path.
export const clear = (path) => ask(path, { method: "DELETE" });

async function ask(path, request) {
  let response, text;
  try {
    response = await fetch(path, { ...request, cache: "no-store" });
    text = await response.text();
  } catch {
    throw Object.assign(new Error("连不上服务，请稍后再试"), { status: 0 });
  }
  if (!response.ok) {
    throw Object.assign(new Error(text.trim() || `服务器答复 ${response.status}`), { status: response.status });
  }
  return text ? JSON.parse(text) : null;
}

// remember keeps a setting of this browser; without storage it is forgotten.
export function remember(name, value) {
  try { localStorage.setItem("phone:" + name, value); } catch { /* private window */ }
}

export function recall(name) {
  try { return localStorage.getItem("phone:" + name); } catch { return null; }
}

// toast tells something for a while: long texts longer.
let hideToast;
export function toast(text) {
  const t = $("toast");
  t.textContent = text;
  t.hidden = false;
  clearTimeout(hideToast);
  hideToast = setTimeout(() => { t.hidden = true; }, 4000 + 100 * text.length);
}

// civil is the date and time in Shanghai, which has no summer time.
export function civil(ms) {
  const d = new Date(ms + 8 * 3600e3);
  const two = (n) => String(n).padStart(2, "0");
  return {
    year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(),
    week: "星期" + "日一二三四五六"[d.getUTCDay()],
    hour: d.getUTCHours(), time: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`,
    seconds: two(d.getUTCSeconds()), number: Math.floor((ms + 8 * 3600e3) / 864e5),
  };
}

// when is a date and time to the second.
export function when(ms) {
  const c = civil(ms);
  return `${c.month}月${c.day}日 ${c.time}:${c.seconds}`;
}
