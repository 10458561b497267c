import { Type } from '@sinclair/typebox';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import type { Closers } from '@user-activity/runner';

/** The name, the variables and the settings that the embedded log and the embedded store share. */
export const sqliteFile = {
  name: 'SQLite',
  variables: {
    DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
  },
  settings: ({ DATA_DIR }: { readonly DATA_DIR: string }) => ({ folder: DATA_DIR }),
};

const sharedFiles = new Map<string, { readonly opening: Promise<SqliteDatabase>; userCount: number }>();

/** Opens the database in a folder. All callers with the same folder share one database, which is closed when all of them have closed it. */
export async function openSharedFile(folder: string, closers: Closers): Promise<SqliteDatabase> {
  const file = sharedFiles.get(folder) ?? { opening: SqliteDatabase.open({ folder }), userCount: 0 };
  sharedFiles.set(folder, file);
  file.userCount += 1;
  try {
    return closers.add(await file.opening, async (database) => {
      file.userCount -= 1;
      if (file.userCount > 0) return;
      sharedFiles.delete(folder);
      await database.close();
    });
  } catch (error) {
    sharedFiles.delete(folder);
    throw error;
  }
}
