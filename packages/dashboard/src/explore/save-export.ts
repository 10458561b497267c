import type { ExportTextOptions } from '@user-activity/client';
import { service } from '../api/service.ts';

/** Without access to files, an export is held in memory until it is complete. */
export const maxHeldBytes = 200 * 1024 * 1024;

/** The browser asks where to save the file, and the export goes there piece by piece (File System Access API). */
interface FilePicker {
  showSaveFilePicker?: (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;
}

/** The export is larger than what a tab may hold. */
export class ExportTooLarge extends Error {
  override readonly name = 'ExportTooLarge';
}

/**
 * Saves an export as a file. It goes to the disk as it arrives where the browser lets pages write to files. Elsewhere the tab holds it, up to
 * `maxHeldBytes`; beyond, this rejects with ExportTooLarge. `onProgress` gets the number of bytes so far.
 */
export async function saveExport(
  options: ExportTextOptions & { readonly signal: AbortSignal },
  fileName: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const { showSaveFilePicker: pickFile } = globalThis as FilePicker;
  if (pickFile === undefined) return saveHeld(options, fileName, onProgress);
  const handle = await pickFile.call(globalThis, { suggestedName: fileName });
  const file = await handle.createWritable();
  try {
    for await (const bytes of encoded(options, onProgress)) await file.write(bytes);
    return await file.close();
  } catch (error) {
    await file.abort();
    throw error;
  }
}

async function saveHeld(
  options: ExportTextOptions,
  fileName: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const bytes of encoded(options, onProgress)) {
    size += bytes.length;
    if (size > maxHeldBytes) throw new ExportTooLarge('The export is too large for this browser.');
    parts.push(bytes);
  }
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function* encoded(
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
