export interface Chosen {
  /** With the folders it lay in. */
  name: string;
  file: File;
}

/** What systems leave beside files, and nobody means to send. */
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);
const isMeant = ({ file }: Chosen): boolean => file.size > 0 && !LITTER.has(file.name) && !file.name.startsWith("._");

export function fromInput(files: FileList | null): Chosen[] {
  return Array.from(files ?? [], (file) => ({ name: file.webkitRelativePath || file.name, file })).filter(isMeant);
}

/** Everything that was dropped, folders looked through. Must be called while the drop is being handled: it is gone after. */
export async function fromDrop(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => filesIn(entry)));
  return found.flat().filter(isMeant);
}

async function filesIn(entry: FileSystemEntry): Promise<Chosen[]> {
  const name = entry.fullPath.replace(/^\//, "");
  if (entry instanceof FileSystemFileEntry || entry.isFile) return [{ name, file: await fileOf(entry as FileSystemFileEntry) }];
  const found: Chosen[] = [];
  for (const each of await entriesOf(entry as FileSystemDirectoryEntry)) found.push(...(await filesIn(each)));
  return found;
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** A directory gives its entries some at a time, until it gives none. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
