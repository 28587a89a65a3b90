import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Small JSON documents by kind and name, such as secrets and table settings. */
export class Documents<Document> {
  private readonly all: StatementSync;
  private readonly upsert: StatementSync;
  private readonly remove: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly kind: string,
  ) {
    database.exec(
      'CREATE TABLE IF NOT EXISTS documents (kind TEXT, name TEXT, json TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID',
    );
    this.all = database.prepare('SELECT name, json FROM documents WHERE kind = ?');
    this.upsert = database.prepare(
      'INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET json = excluded.json',
    );
    this.remove = database.prepare('DELETE FROM documents WHERE kind = ? AND name = ?');
  }

  load(): Map<string, Document> {
    const rows = this.all.all(this.kind) as { name: string; json: string }[];
    return new Map(rows.map(({ name, json }) => [name, JSON.parse(json) as Document]));
  }

  put(name: string, document: Document): void {
    this.upsert.run(this.kind, name, JSON.stringify(document));
  }

  delete(name: string): void {
    this.remove.run(this.kind, name);
  }
}
