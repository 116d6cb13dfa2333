// What this browser keeps, in IndexedDB: the device's own key (which script can use and not read), the practice's
// identity as it was first seen, and how far the directory and each thread had come. No word, no opened key.

const NAME = "sealed-messages";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function withStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = database.transaction("kept", mode);
      const asked = act(turn.objectStore("kept"));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    database.close();
  }
}

/** @returns what stands under a name, or undefined. */
export const kept = (...name) => withStore("readonly", (store) => store.get(name.join("/")));
export const keep = (value, ...name) => withStore("readwrite", (store) => store.put(value, name.join("/")));
export const forget = (...name) => withStore("readwrite", (store) => store.delete(name.join("/")));
