// How are numbers typed with one hand? Fields on the left, keys on the right; a full field hands over to the next.

import { h, refill } from "./dom.js";
import { isComplete, isPlainNumber } from "./check.js";

const HABIT_MS = 1000;

/**
 * `fields`: [{name, label, previous, limit, isPressure, waits}]. A pressure is typed as one field, 128/78.
 * `onChange(field)` runs after each key. Hardware keyboards work as the keys on the screen do.
 */
export function keypad(fields, { onChange, onDone }) {
  const inputs = new Map(fields.map((field) => [field.name, input(field)]));
  let current = fields[0];
  let handedOverAt = -Infinity;

  function input(field) {
    return h("input", {
      type: "text", inputmode: "none", autocomplete: "off", spellcheck: "false", maxlength: "11", name: field.name,
      "aria-label": `${field.label}${field.previous ? `, before: ${field.previous}` : ""}`,
      onfocus: () => mark(field), onkeydown: pressed, oninput: () => sanitize(field),
    });
  }

  function mark(field) {
    current = field;
    for (const row of reads.children) row.classList.toggle("is-current", row.dataset.field === field.name);
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { Backspace: erase, Enter: next, "/": () => type("/"), ".": () => type("."), ",": () => type(".") }[event.key];
    if (act) act();
    else if (/^\d$/.test(event.key)) type(event.key);
    else return;
    event.preventDefault();
  }

  /** What arrives by other ways: pasted, dictated, filled in. */
  function sanitize(field) {
    const box = inputs.get(field.name);
    box.value = box.value.replace(field.isPressure ? /[^\d./]/g : /[^\d.]/g, "");
    onChange(field);
  }

  function type(key) {
    if (key === "." && inputs.get(current.name).value === "" && takeBack()) return;
    const box = inputs.get(current.name);
    const text = grown(box.value, key, current);
    if (text === null) return;
    box.value = text;
    if (isFull(text, current) && !current.waits && forward()) handedOverAt = performance.now();
    onChange(current);
  }

  /** A point right after a field was full belongs to that field: 76 and then .5 */
  function takeBack() {
    const before = fields[fields.indexOf(current) - 1];
    const box = before && inputs.get(before.name);
    if (!box || !/\d$/.test(box.value) || /\.\d*$/.test(box.value)) return false;
    box.value += ".";
    box.focus();
    onChange(before);
    return true;
  }

  function erase() {
    const box = inputs.get(current.name);
    box.value = box.value.slice(0, box.value.endsWith("/") ? -2 : -1);
    onChange(current);
  }

  function clear() {
    inputs.get(current.name).value = "";
    onChange(current);
  }

  function forward() {
    const following = fields[fields.indexOf(current) + 1];
    if (following && !inputs.get(following.name).closest("[hidden]")) inputs.get(following.name).focus();
    return Boolean(following);
  }

  /** Who presses Next by habit, just after a full field handed over by itself, means that field and not the empty one. */
  function next() {
    const isHabit = inputs.get(current.name).value === "" && performance.now() - handedOverAt < HABIT_MS;
    handedOverAt = -Infinity;
    if (isHabit) return true;
    if (current.isPressure && /^\d+(\.\d)?$/.test(inputs.get(current.name).value)) return type("/");
    return forward() || onDone();
  }

  const reads = h("div", { class: "sw-reads" });
  const order = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0"];
  const keys = h("div", { class: "sw-keys", role: "group", "aria-label": "Keys" },
    ...order.map((digit) => key(digit === "." ? "Point" : null, digit, () => type(digit))),
    key("Delete the last digit", "⌫", erase), key(null, "Clear", clear, "is-word"), key(null, "Next", next, "is-word is-double"));

  function show(names) {
    refill(reads, fields.filter((field) => names.includes(field.name)).map((field) => h(
      "label", { class: `sw-read ${field.half ? "is-half" : ""}`, "data-field": field.name },
      h("span", {}, field.label), h("span", { class: "sw-prev", "aria-hidden": "true" }, field.previous ?? ""), inputs.get(field.name),
    )));
  }
  show(fields.map((field) => field.name));

  return {
    reads,
    keys,
    text: (name) => inputs.get(name).value.replace(/[./]$/, ""),
    isCurrent: (name) => current.name === name && document.activeElement === inputs.get(name),
    isTouched: () => [...inputs.values()].some((box) => box.value !== ""),
    focus: (name = fields[0].name) => inputs.get(name).focus(),
    tone(name, tone, describedBy) {
      const box = inputs.get(name);
      const row = box.closest(".sw-read");
      row.classList.toggle("is-warn", tone === "ask" || tone === "alert");
      row.classList.toggle("is-refused", tone === "reject");
      box.setAttribute("aria-invalid", String(tone === "reject"));
      if (tone) box.setAttribute("aria-describedby", describedBy);
      else box.removeAttribute("aria-describedby");
    },
  };
}

function key(label, words, onclick, classes = "") {
  // The field keeps the focus, so that a screen reader and the caret stay where the number goes.
  const hold = (event) => event.preventDefault();
  return h("button", { class: `sw-key ${classes}`, type: "button", tabindex: "-1", "aria-label": label, onpointerdown: hold, onmousedown: hold, onclick }, words);
}

function grown(text, key, field) {
  if (!field.isPressure) {
    const longer = text + key;
    return key !== "/" && (isPlainNumber(longer) || /^\d{1,4}\.$/.test(longer)) && text.replace(".", "").length < 5 ? longer : null;
  }
  const [upper, lower] = text.split("/");
  if (key === "/") return lower === undefined && isPlainNumber(upper) ? `${upper}/` : null;
  if (lower === undefined) {
    const longer = grown(upper, key, { isPressure: false });
    return longer !== null && isComplete(longer, field.limit) ? `${longer}/` : longer;
  }
  if (lower === "" && key === "." && !upper.includes(".")) return `${upper}.`;
  const longer = grown(lower, key, { isPressure: false });
  return longer === null ? null : `${upper}/${longer}`;
}

function isFull(text, field) {
  if (!field.isPressure) return isComplete(text, field.limit);
  const [, lower] = text.split("/");
  return lower !== undefined && isComplete(lower, field.lowerLimit);
}
