import type { ExportTextOptions } from '@user-activity/client';
import { service } from '../api/service.ts';

/** The maximum size of an export in a browser that does not let pages write files: the page then keeps it in memory until it is complete. */
export const maxBytesInMemory = 200 * 1024 * 1024;

/** The function of the File System Access API that asks where to save a file. Not every browser has it. */
interface FilePicker {
  showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;
}

/** The export is larger than `maxBytesInMemory`. */
export class ExportTooLarge extends Error {
  override readonly name = 'ExportTooLarge';
}

/**
 * Saves an export as a file. If the browser lets pages write files, each chunk is written as it arrives. Otherwise the page keeps the export
 * in memory, and rejects with ExportTooLarge above `maxBytesInMemory`. `onProgress` gets the number of bytes so far.
 */
export async function saveExport(
  options: ExportTextOptions & { readonly signal: AbortSignal },
  fileName: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const { showSaveFilePicker: pickFile } = globalThis as FilePicker;
  if (pickFile === undefined) return saveFromMemory(options, fileName, onProgress);
  const handle = await pickFile.call(globalThis, { suggestedName: fileName });
  const file = await handle.createWritable();
  try {
    for await (const bytes of encodedExport(options, onProgress)) await file.write(bytes);
    return await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

async function saveFromMemory(
  options: ExportTextOptions,
  fileName: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const bytes of encodedExport(options, onProgress)) {
    size += bytes.length;
    if (size > maxBytesInMemory) throw new ExportTooLarge('The export is too large for this browser.');
    parts.push(bytes);
  }
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the blob some time after the click, so the URL must stay valid for a while.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function* encodedExport(
  options: ExportTextOptions,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let size = 0;
  for await (const text of service.exportText(options)) {
    const bytes = encoder.encode(text);
    size += bytes.length;
    onProgress(size);
    yield bytes;
  }
}
