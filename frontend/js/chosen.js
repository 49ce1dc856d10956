// What was chosen or dropped, as a stream of { file, path }: folders are walked to the end. Nothing is
// left out for its name; what cannot be read is handed on too, so that it is reported and not skipped.

/** Yield what an <input type="file"> holds. */
export async function* chosenFrom(input) {
  for (const file of input.files) yield { file, path: file.webkitRelativePath || file.name };
}

/** Return what was dropped. It has to be called in the event itself: the browser forgets it afterwards. */
export function dropped(transfer) {
  const items = [...(transfer.items ?? [])].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.());
  if (entries.length > 0 && entries.every(Boolean)) return walk(entries);
  return chosenFrom({ files: [...transfer.files] });
}

/** Whether files are being dragged, and not words. */
export const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

async function* walk(entries) {
  const waiting = [...entries];
  while (waiting.length > 0) {
    const entry = waiting.shift();
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (entry.isFile) yield { file: await new Promise((done, failed) => entry.file(done, failed)), path };
      else waiting.unshift(...(await within(entry)));
    } catch {
      yield { file: null, path };
    }
  }
}

/** Return all that is in a folder: the browser hands it out in portions, the last of them empty. */
async function within(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const portion = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}
