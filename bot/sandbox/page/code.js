// XML and JSON as a technician reads them.
import { el } from "./dom.js";

const xmlToken = /<!\[CDATA\[[\s\S]*?\]\]>|<[/?]?[A-Za-z][^>]*>|[^<]+|</g;
const jsonName = /("(?:[^"\\]|\\.)*"(?=\s*:))/;

// code shows a document under a title. part names it for those who look for it.
export const code = (text, title, part) =>
  el("figure", {}, el("figcaption", {}, title), el("pre", { class: "code", tabindex: "0", "aria-label": title, data: { part } }, ...pieces(text)));

function pieces(text) {
  if (text.trimStart().startsWith("<")) return xml(text);
  if (/^\s*[[{]/.test(text)) return text.split(jsonName).map((piece, i) => (i % 2 ? el("span", { class: "name" }, piece) : piece));
  return [text];
}

// xml gives each element a line of its own, those within another one set in. What
// an element says stays as it is.
function xml(text) {
  const tokens = text.match(xmlToken) ?? [], nodes = [];
  let depth = 0, before = "";
  const line = () => { if (nodes.length > 0) nodes.push("\n" + "  ".repeat(Math.max(0, depth))); };
  tokens.forEach((token, i) => {
    const kind = kindOf(token);
    if (kind === "text" && token.trim() === "" && !(before === "open" && kindOf(tokens[i + 1] ?? "") === "close")) return;
    if (kind === "close") depth--;
    if (kind === "open" || kind === "close" && before === "close") line();
    if (kind === "cdata") nodes.push(el("span", { class: "cdata" }, "<![CDATA["), token.slice(9, -3), el("span", { class: "cdata" }, "]]>"));
    else nodes.push(kind === "text" ? token : el("span", { class: "name" }, token));
    if (kind === "open" && !token.endsWith("/>") && !token.startsWith("<?")) depth++;
    before = kind;
  });
  return nodes;
}

function kindOf(token) {
  if (token.startsWith("<![CDATA[")) return "cdata";
  if (token.startsWith("</")) return "close";
  return /^<[?A-Za-z]/.test(token) ? "open" : "text";
}
