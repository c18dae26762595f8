// The engine: Python in WebAssembly, with its files in memory, in a worker of its own. The
// page sends {id, boot} once, then {id, run} for each cell; the answer has the same id and
// a result or a failure. To interrupt, the page ends the worker and starts another.
//
// Files are named after their contents. They stay in the browser's cache, so that a second
// visit fetches nothing; files of earlier engines are removed from it.

const CACHE = "inpage";
let engine; // once it has started

class Failure extends Error {}

onmessage = async ({ data: { id, boot, run } }) => {
  try {
    const result = boot ? await start(boot) : runCell(run);
    postMessage({ id, result: { ...result, memory: memory() } });
  } catch (error) {
    postMessage({ id, failure: inWords(error), detail: `${error.stack}\n${engine?.log.text}` });
  }
};

const memory = () => engine?.instance.exports.memory.buffer.byteLength ?? 0;

function inWords(error) {
  if (error instanceof Failure) return error.message;
  const text = String(error);
  if (/memory|allocation|RangeError|MemoryError/i.test(text + (engine?.log.text ?? ""))) {
    return "the browser has no more memory for it. Close other tabs, and run it again.";
  }
  return `Python ended unexpectedly (${text.slice(0, 120)}). The next run starts it afresh.`;
}

// --- fetching ----------------------------------------------------------------------------

async function cache() {
  try {
    return await caches.open(CACHE);
  } catch {
    return null; // a page that is not served safely has none
  }
}

// Return the bytes of a file in the list, from the cache or from the site, never altered.
async function get(root, entry, onBytes) {
  const url = new URL(entry.file, root);
  const kept = await cache();
  const hit = await kept?.match(url);
  if (hit) {
    const bytes = new Uint8Array(await hit.arrayBuffer());
    if (await isWhole(bytes, entry)) {
      onBytes(entry.bytes);
      return bytes;
    }
    await kept.delete(url);
  }
  const bytes = await download(url, onBytes);
  if (!(await isWhole(bytes, entry))) {
    throw new Failure(`the file ${entry.file} did not arrive whole. Try again.`);
  }
  try {
    await kept?.put(url, new Response(bytes));
  } catch {
    // No room: it works, and is fetched again next time.
  }
  return bytes;
}

async function download(url, onBytes) {
  const parts = [];
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(response.status);
    const reader = response.body.getReader();
    for (let part; !(part = await reader.read()).done;) {
      parts.push(part.value);
      onBytes(part.value.length);
    }
  } catch {
    throw new Failure(`the file ${url.pathname.split("/").pop()} cannot be fetched. `
      + "Is the network there? Try again.");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// Some hosts unpack what is compressed, so a file may come in either form.
const isPacked = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function isWhole(bytes, { bytes: length, sha256, raw }) {
  const wanted = isPacked(bytes) || !raw ? { bytes: length, sha256 } : raw;
  if (bytes.length !== wanted.bytes) return false;
  if (!crypto.subtle) return true;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("") === wanted.sha256;
}

function unpacked(bytes, type = "application/octet-stream") {
  const stream = new Blob([bytes]).stream();
  const plain = isPacked(bytes) ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
  return new Response(plain, { headers: { "Content-Type": type } });
}

async function list(root) {
  const url = new URL("manifest.json", root);
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) throw new Error(response.status);
    return await response.json();
  } catch {
    throw new Failure("the list of what it needs cannot be fetched. Is the network there?");
  }
}

async function forget(root, manifest) {
  const kept = await cache();
  const known = new Set([...Object.values(manifest.parts), ...Object.values(manifest.data)]
    .map(({ file }) => new URL(file, root).href));
  for (const request of (await kept?.keys()) ?? []) {
    if (request.url.startsWith(root) && !known.has(request.url)) await kept.delete(request);
  }
}

// --- starting ----------------------------------------------------------------------------

async function start({ root, data }) {
  const manifest = await list(root);
  const { parts } = manifest;
  const kept = await cache();
  const addresses = (await kept?.keys() ?? []).map(({ url }) => url);
  const isKept = ({ file }) => addresses.includes(new URL(file, root).href);
  const chosen = Object.keys(manifest.data).filter(
    (name) => data.includes(name) || isKept(manifest.data[name]));
  const wanted = [...Object.values(parts), ...chosen.map((name) => manifest.data[name])];
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const onBytes = (bytes) => postMessage({ loaded: (loaded += bytes), total });
  const fetched = (entry) => get(root, entry, onBytes);
  const unpack = async (entry) =>
    new Uint8Array(await unpacked(await fetched(entry)).arrayBuffer());
  const compile = async () => WebAssembly.compileStreaming(
    unpacked(await fetched(parts.module), "application/wasm"));

  const [wasi, module, library, files, ...tables] = await Promise.all([
    import(new URL("wasi/index.js", root)),
    compile(),
    unpack(parts.library),
    unpack(parts.files),
    ...chosen.map((name) => fetched(manifest.data[name])),
  ]);
  writeFaster(wasi);
  const system = fileSystem(wasi, library, files);
  const folder = system.data;
  chosen.forEach((name, i) => folder.set(`${name}.columns`, new wasi.File(tables[i])));
  for (const [name, entry] of Object.entries(manifest.data)) {
    if (!chosen.includes(name)) {
      folder.set(`${name}.columns`, later(wasi, new URL(entry.file, root)));
    }
  }
  const log = { text: "" };
  const listen = () => new wasi.ConsoleStdout((bytes) => {
    log.text = (log.text + new TextDecoder().decode(bytes)).slice(-20_000);
  });
  const descriptors = [
    new wasi.OpenFile(new wasi.File([])), listen(), listen(), ...system.preopened];
  const environment = ["TMPDIR=/tmp", "PYTHONTZPATH=", "HOME=/home"];
  const host = new wasi.WASI(["/usr/local/bin/python.wasm"], environment, descriptors, {
    debug: false,
  });
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: host.wasiImport,
    host: { call: () => -1 },
  });
  engine = { instance, log, io: system.io, File: wasi.File };
  host.initialize(instance);
  python("import sys; sys.path.insert(0, '/book')\n"
    + "from inpage import cells\ncells.install()");
  forget(root, manifest).catch(() => {});
  return {};
}

// What the module finds: its library where it looks for it, the book, an empty /tmp.
function fileSystem(wasi, library, pack) {
  const root = new Map();
  const length = new DataView(pack.buffer).getUint32(0, true);
  const names = JSON.parse(new TextDecoder().decode(pack.subarray(4, 4 + length)));
  let at = 4 + length;
  for (const [path, size] of Object.entries(names)) {
    const folders = path.split("/");
    const name = folders.pop();
    put(folders, name, new wasi.File(pack.slice(at, at + size), { readonly: true }));
    at += size;
  }
  const fonts = root.get("fonts").contents;
  root.delete("fonts");
  for (const name of ["tmp", "home", "io"]) root.set(name, new wasi.Directory(new Map()));

  // With all rights, or else os.access would say that nothing can be written.
  class Root extends wasi.PreopenDirectory {
    fd_fdstat_get() {
      const found = super.fd_fdstat_get();
      found.fdstat.fs_rights_base = found.fdstat.fs_rights_inherited = 0xffffffffn;
      return found;
    }
  }
  const zip = new Map([["python315.zip", new wasi.File(library, { readonly: true })]]);
  return {
    io: root.get("io").contents,
    data: find(["book", "datasets", "files"]),
    preopened: [
      new wasi.PreopenDirectory("/usr/local/lib", zip),
      // matplotlib looks for its fonts in its folder, which is in the zip.
      new wasi.PreopenDirectory("/usr/local/lib/python315.zip/matplotlib/mpl-data", fonts),
      new Root("/", root),
    ],
  };

  function find(folders) {
    let contents = root;
    for (const folder of folders) {
      if (!contents.has(folder)) contents.set(folder, new wasi.Directory(new Map()));
      contents = contents.get(folder).contents;
    }
    return contents;
  }
  function put(folders, name, file) {
    find(folders).set(name, file);
  }
}

// A table that only a changed cell asks for: fetched when it is opened, while Python waits.
function later(wasi, url) {
  return new (class extends wasi.File {
    path_open(...how) {
      if (!this.size) {
        const request = new XMLHttpRequest();
        request.open("GET", url, false);
        request.responseType = "arraybuffer";
        request.send();
        this.data = new Uint8Array(request.response ?? []);
        const copy = new Response(this.data.slice());
        cache().then((kept) => kept?.put(url, copy)).catch(() => {});
      }
      return super.path_open(...how);
    }
  })([]);
}

// The package copies a whole file for each write at its end. With room to grow it need not.
function writeFaster({ OpenFile }) {
  const write = OpenFile.prototype.fd_write;
  OpenFile.prototype.fd_write = function (bytes) {
    const end = Number(this.file_pos) + bytes.byteLength;
    const { data } = this.file;
    if (end > data.byteLength && !this.file.readonly) {
      let whole = data;
      if (data.byteOffset || data.buffer.byteLength < end) {
        whole = new Uint8Array(Math.max(2 * end, 4096));
        whole.set(data);
      } else {
        new Uint8Array(data.buffer).fill(0, data.byteLength, end);
      }
      this.file.data = new Uint8Array(whole.buffer, 0, end);
    }
    return write.call(this, bytes);
  };
}

// --- running -----------------------------------------------------------------------------

function python(code) {
  const { exports } = engine.instance;
  const bytes = new TextEncoder().encode(code);
  const place = exports.host_alloc(bytes.length) >>> 0;
  new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
  engine.log.text = "";
  if (exports.turn(place, bytes.length) !== 0) throw new Error("Python failed");
}

function runCell(cell) {
  const { io, File } = engine;
  io.set("in.json", new File(new TextEncoder().encode(JSON.stringify(cell))));
  python("cells.answer('/io')");
  return JSON.parse(new TextDecoder().decode(io.get("out.json").data));
}
