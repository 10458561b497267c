import { type Static, type TObject, Type } from '@sinclair/typebox';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import type { Closers } from '@user-activity/runner';

/** The variable of the embedded log and store. */
export const fileVariables = {
  DATA_DIR: Type.String({ default: './data', description: 'the path of a folder' }),
};

/** The settings of the embedded log and store, in the shape of the adapter. */
export const fileSettings = ({ DATA_DIR: folder }: Static<TObject<typeof fileVariables>>) => ({ folder });

interface SharedFile {
  readonly opening: Promise<SqliteDatabase>;
  users: number;
}

const files = new Map<string, SharedFile>();

/** Opens the file in the folder. All who open it in this process share one database, and the last one to close it closes the file. */
export async function openSharedFile(
  { folder }: ReturnType<typeof fileSettings>,
  closers: Closers,
): Promise<SqliteDatabase> {
  const file = files.get(folder) ?? { opening: SqliteDatabase.open({ folder }), users: 0 };
  files.set(folder, file);
  file.users += 1;
  const release = async (): Promise<void> => {
    file.users -= 1;
    if (file.users > 0) return;
    files.delete(folder);
    await (await file.opening).close();
  };
  try {
    return closers.add(await file.opening, release);
  } catch (error) {
    files.delete(folder);
    throw error;
  }
}
