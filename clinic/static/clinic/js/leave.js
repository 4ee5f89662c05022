// May somebody leave this device? Not while its store holds entries that the clinic’s server has not received.

import { openOutbox } from "./sheet/outbox.js";

const BATCH = 50;
const dialog = document.querySelector("[data-unsent]");
const lock = document.querySelector("[data-lock]");

async function held() {
  const outbox = await openOutbox(() => undefined);
  if (!outbox.isKept) throw new Error("the browser’s database does not answer");
  return outbox;
}

function counted(number) {
  return `${number} ${number === 1 ? "entry" : "entries"}`;
}

function go(form, unsent) {
  form.elements.unsent.value = unsent;
  HTMLFormElement.prototype.submit.call(form);
}

async function answers(url) {
  try {
    return (await fetch(url, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

async function leave(form) {
  // Behind the lock may be an infusion sheet: it does not give way to an error of the browser.
  if (lock?.contains(form) && !(await answers(lock.dataset.answers))) {
    const refused = lock.querySelector("[data-unlock-refused]");
    refused.textContent = "The clinic’s server does not answer, so nobody else can sign in here yet. The page stays as it is; try again.";
    refused.dataset.silent = "";
    return;
  }
  let outbox;
  try {
    outbox = await held();
  } catch {
    go(form, "unknown"); // the store is left as it is
    return;
  }
  const count = outbox.all().length;
  if (count === 0 || !dialog || !form.action.includes("sign-out")) {
    go(form, String(count));
    return;
  }
  dialog.querySelector("[data-unsent-count]").textContent = counted(count);
  dialog.querySelector("[data-unsent-said]").textContent = "";
  dialog.querySelector("[data-unsent-send]").onclick = () => sendThenLeave(outbox, form);
  dialog.showModal();
}

async function sendThenLeave(outbox, form) {
  const said = dialog.querySelector("[data-unsent-said]");
  said.textContent = "Sending…";
  try {
    await sendAll(outbox);
  } catch {
    said.textContent = "The clinic’s server did not take them. They are still here; try again, or stay signed in.";
    return;
  }
  const left = outbox.all();
  if (left.length === 0) go(form, "0");
  else said.textContent = `The server refused ${counted(left.length)}. Open the infusion sheet and read why before you sign out.`;
}

async function sendAll(outbox) {
  const waiting = outbox.all().filter((record) => record.refused === null);
  for (const url of new Set(waiting.map((record) => record.url))) {
    const records = waiting.filter((record) => record.url === url);
    for (let from = 0; from < records.length; from += BATCH) await send(outbox, url, records.slice(from, from + BATCH));
  }
}

async function send(outbox, url, records) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(records.map((record) => record.entry)),
    credentials: "same-origin",
    cache: "no-store",
    redirect: "manual",
  });
  if (answer.status !== 200) throw new Error(`the server answers ${answer.status}`);
  for (const fate of (await answer.json()).entries) {
    if (fate.fate === "refused") await outbox.refuse(fate.id, fate.sentence);
    else await outbox.remove(fate.id);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-leaves]")) return;
  event.preventDefault();
  leave(event.target);
});
