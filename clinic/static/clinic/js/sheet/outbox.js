// Where does a tap live until the server has it? In the browser's own database, written before anything is sent.

import { openDB } from "../../vendor/idb/idb.js";

const NAME = "stepwell-outbox";
const PATIENCE_MS = 4000;

/** A version 7 UUID: 48 bits of milliseconds, then random bits. */
export function uuid7(moment = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 5, left = Math.floor(moment); place >= 0; place -= 1, left = Math.floor(left / 256)) bytes[place] = left % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * The entries of this device that the server has not answered yet, of everyone who charted here.
 * When the browser cannot keep them, they are held in memory only and `onBroken` is called: the page must say so.
 */
export async function openOutbox(onBroken) {
  const held = new Map();
  let database = null;
  let seq = Date.now() % 1_000_000_000;
  let device = `device-${uuid7().slice(-8)}`;

  const broken = (problem) => {
    database = null;
    onBroken(problem);
  };

  try {
    database = await inTime(openDB(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("entries", { keyPath: "id" });
        fresh.createObjectStore("device");
      },
      terminated: () => broken(new Error("closed by the browser")),
    }));
    for (const record of await inTime(database.getAll("entries"))) held.set(record.id, record);
    device = (await inTime(database.get("device", "name"))) ?? device;
    seq = (await inTime(database.get("device", "seq"))) ?? 0;
    await inTime(database.put("device", device, "name"));
    navigator.storage?.persist?.().catch(() => false);
  } catch (problem) {
    broken(problem);
  }

  async function keep(record) {
    held.set(record.id, record);
    if (!database) return;
    try {
      const writing = database.transaction(["entries", "device"], "readwrite", { durability: "strict" });
      writing.objectStore("entries").put(record);
      writing.objectStore("device").put(record.entry.seq, "seq");
      await inTime(writing.done);
    } catch (problem) {
      broken(problem);
    }
  }

  return {
    get isKept() {
      return database !== null;
    },
    /** Entries in the order they were made. */
    all: () => [...held.values()].sort((one, other) => one.entry.recorded_at.localeCompare(other.entry.recorded_at) || one.entry.seq - other.entry.seq),
    /** Store one entry; resolves when it is on the disk. */
    async add({ url, session, author, ...entry }) {
      seq += 1;
      const whole = { ...entry, seq, device };
      await keep({ id: entry.id, url, session, author, entry: whole, refused: null });
      return whole;
    },
    /** The server said no: the entry stays, with the sentence, until somebody has read it. */
    async refuse(id, sentence) {
      await keep({ ...held.get(id), refused: sentence });
    },
    /** The server has it, or somebody has read why it was refused. */
    async remove(id) {
      held.delete(id);
      if (!database) return;
      try {
        await inTime(database.delete("entries", id));
      } catch (problem) {
        broken(problem);
      }
    },
  };
}

function inTime(promise) {
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      setTimeout(() => reject(new Error("the browser’s database does not answer")), PATIENCE_MS);
    }),
  ]);
}
