// What stays on the device: editions of facts by their address, whose they are, and changes that wait for the server.
// Nothing here is needed for a page to work: in a private window, or with a full disk, the page asks the server each time.
const NAME = "bulq";
const VERSION = 2; // 2: the outbox
const STORES = ["editions", "small", "outbox"];
const KEPT_MS = 30 * 86_400_000;

let opening;
const open = () =>
  (opening ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const known = [...request.result.objectStoreNames];
      for (const store of STORES) if (!known.includes(store)) request.result.createObjectStore(store);
    };
    request.onsuccess = () => {
      // A newer page in another tab wants to change the stores: it must not wait for this one.
      request.result.onversionchange = () => {
        request.result.close();
        opening = undefined;
      };
      done(request.result);
    };
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("blocked"));
  }).catch((error) => {
    opening = undefined;
    throw error;
  }));

async function within(store, mode, act) {
  const database = await open();
  return new Promise((done, fail) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

const quietly = (promise) => promise.catch(() => undefined);

/** {base, tag} of an address, or undefined. */
export async function readEdition(at) {
  const kept = await quietly(within("editions", "readonly", (all) => all.get(at)));
  return kept && Date.now() - kept.kept < KEPT_MS ? kept : undefined;
}
/** Resolves to whether it is kept. */
export const keepEdition = (at, base, tag) =>
  within("editions", "readwrite", (all) => (base ? all.put({ ...keepable(base, tag), kept: Date.now() }, at) : all.delete(at))).then(
    () => true,
    () => false,
  );

/** What may stay on a device. Tokens may not: an edition without its tokens has no tag, so that it is fetched whole again. */
function keepable(base, tag) {
  const fields = Object.entries(base);
  const plain = fields.filter(([name]) => !name.endsWith("_token"));
  return plain.length === fields.length ? { base, tag } : { base: Object.fromEntries(plain), tag: undefined };
}

export const readOwner = () => quietly(within("small", "readonly", (all) => all.get("owner")));

/** Nothing of whoever was here before is shown any more; `owner` is who is here now. What they did waits until they are back. */
export async function wipe(owner) {
  await quietly(within("editions", "readwrite", (all) => all.clear()));
  await quietly(within("small", "readwrite", (all) => (owner ? all.put(owner, "owner") : all.clear())));
}

// The outbox: what was done here and the server has not answered yet, by the id of the operation. Ids sort by time.

/** Rejects where nothing can be kept, such as in a private window or on a full disk. */
export const keepOperation = (row) => within("outbox", "readwrite", (all) => all.put(row, row.id));
export const dropOperation = (id) => quietly(within("outbox", "readwrite", (all) => all.delete(id)));
export const keptOperations = async () => (await quietly(within("outbox", "readonly", (all) => all.getAll()))) ?? [];
