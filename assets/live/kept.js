// What stays on the device: editions of facts by their address, and whose they are. Nothing here is needed for a page to
// work: in a private window, or with a full disk, the page asks the server each time.
const NAME = "bulq";
const VERSION = 1;
const KEPT_MS = 30 * 86_400_000;

let opening;
const open = () =>
  (opening ??= new Promise((done, fail) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("editions");
      request.result.createObjectStore("small");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("blocked"));
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
export const keepEdition = (at, base, tag) =>
  quietly(within("editions", "readwrite", (all) => (base ? all.put({ ...keepable(base, tag), kept: Date.now() }, at) : all.delete(at))));

/** What may stay on a device. Tokens may not: an edition without its tokens has no tag, so that it is fetched whole again. */
function keepable(base, tag) {
  const fields = Object.entries(base);
  const plain = fields.filter(([name]) => !name.endsWith("_token"));
  return plain.length === fields.length ? { base, tag } : { base: Object.fromEntries(plain), tag: undefined };
}

export const readOwner = () => quietly(within("small", "readonly", (all) => all.get("owner")));

/** Nothing of whoever was here before stays; `owner` is who is here now, if anybody. */
export async function wipe(owner) {
  await quietly(within("editions", "readwrite", (all) => all.clear()));
  await quietly(within("small", "readwrite", (all) => (owner ? all.put(owner, "owner") : all.clear())));
}
