import { Type } from '@sinclair/typebox';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import type { Closers } from '@user-activity/runner';

/** The name, the variable and the settings of the embedded log and store. */
export const sqliteFile = {
  name: 'SQLite',
  variables: {
    DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
  },
  settings: ({ DATA_DIR }: { readonly DATA_DIR: string }) => ({ folder: DATA_DIR }),
};

const files = new Map<string, { readonly opening: Promise<SqliteDatabase>; users: number }>();

/** Opens the file in the folder. All who open it in this process share one database, and the last one to close it closes the file. */
export async function openSharedFile(folder: string, closers: Closers): Promise<SqliteDatabase> {
  const file = files.get(folder) ?? { opening: SqliteDatabase.open({ folder }), users: 0 };
  files.set(folder, file);
  file.users += 1;
  try {
    return closers.add(await file.opening, async (database) => {
      file.users -= 1;
      if (file.users > 0) return;
      files.delete(folder);
      await database.close();
    });
  } catch (error) {
    files.delete(folder);
    throw error;
  }
}
