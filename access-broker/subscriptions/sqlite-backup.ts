/** A copy of the SQLite store's file as it stands at one moment, while others write to it. */

import { backup, DatabaseSync } from "node:sqlite";

/** All pages in one step: a step that is interrupted by a writer would begin anew, without end on a busy store. */
const allPages = 2 ** 31 - 1;

export async function copySqliteFile(from: string, to: string): Promise<void> {
  const db = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(db, to, { rate: allPages });
  } finally {
    db.close();
  }
}
