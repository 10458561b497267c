import { Type } from '@sinclair/typebox';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import type { Closers } from '@user-activity/runner';

/** The name, the variables and the settings of the embedded log, which are those of the embedded store too. */
export const sqliteFile = {
  name: 'SQLite',
  variables: {
    DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
  },
  settings: ({ DATA_DIR }: { readonly DATA_DIR: string }) => ({ folder: DATA_DIR }),
};

const files = new Map<string, { readonly opening: Promise<SqliteDatabase>; users: number }>();

/** Opens the database in a folder. Its users in this process share it, and the last one closes it. */
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
