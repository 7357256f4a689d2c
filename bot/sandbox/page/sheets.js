// The sheets that ask for more: voice, place, code, settings, a new member.
import { $, call, el, toast } from "./dom.js";

const places = [
  ["上海·中共一大会址", 31.2203, 121.4748], ["嘉兴·南湖", 30.7527, 120.7616], ["井冈山", 26.5736, 114.1697],
  ["遵义会议会址", 27.6883, 106.9269], ["延安", 36.5965, 109.4897], ["北京·天安门", 39.9087, 116.3975],
];

const phrases = ["我要答题", "第一个", "第二个", "选A", "对", "错", "我的", "排行"];

let before = null; // what had the focus

const behind = () => document.querySelectorAll("#screen > :not(dialog, #scrim, #toast)");

function show(id) {
  closeAll();
  before = document.activeElement;
  $("scrim").hidden = false;
  $(id).show();
  for (const part of behind()) part.inert = true;
  ($(id).querySelector("[data-first]") ?? $(id).querySelector("button")).focus({ preventScroll: true });
}

// closeAll reports whether a sheet was open.
export function closeAll() {
  const sheet = document.querySelector(".sheet[open]");
  if (!sheet) return false;
  sheet.close();
  $("scrim").hidden = true;
  for (const part of behind()) part.inert = false;
  before?.focus({ preventScroll: true });
  return true;
}

// onSubmit does it and closes the sheet.
function onSubmit(id, act) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    closeAll();
    act();
    event.target.reset();
  });
}

export function start({ send, added }) {
  $("voice").addEventListener("click", () => show("sheet-voice"));
  $("open-location").addEventListener("click", () => show("sheet-location"));
  for (const id of ["open-scan", "follow-scan", "more-scan"]) $(id).addEventListener("click", () => show("sheet-scan"));
  $("more").addEventListener("click", () => show("sheet-more"));
  for (const type of ["agree", "refuse"]) $(`more-${type}`).addEventListener("click", () => { closeAll(); send({ type }); });
  $("ask-unfollow").addEventListener("click", () => show("sheet-unfollow"));
  $("scrim").addEventListener("click", closeAll);
  for (const b of document.querySelectorAll("[data-close]")) b.addEventListener("click", closeAll);

  onSubmit("voice-form", () => send({ type: "voice", text: $("voice-text").value.trim() }, "voice"));
  onSubmit("scan-form", () => send({ type: "scan", key: $("scene").value.trim() }));
  onSubmit("location-form", () => {
    const label = $("label").value.trim();
    send({ type: "location", latitude: Number($("latitude").value), longitude: Number($("longitude").value), label }, label ? "location" : undefined);
  });
  $("phrases").append(...phrases.map((text) => el("button", {
    type: "button", data: { phrase: text }, onclick: () => { $("voice-text").value = text; $("voice-send").focus(); },
  }, text)));
  $("places").append(...places.map(([name, latitude, longitude]) => el("button", {
    type: "button", data: { place: name },
    onclick: () => { $("latitude").value = latitude; $("longitude").value = longitude; $("label").value = name; $("location-send").focus(); },
  }, name)));

  $("add-member").addEventListener("click", () => $("box-member").showModal());
  $("member-cancel").addEventListener("click", () => $("box-member").close());
  $("member-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { id } = await call("members", { name: $("member-name").value });
      $("box-member").close();
      event.target.reset();
      await added(id);
    } catch (error) {
      toast(error.message);
      $("box-member").close();
    }
  });
}
