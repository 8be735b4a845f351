import type { PrismaModel } from './types.js';

const MAX_FIELDS = 5000;

/** The models, views and composite types of a schema.prisma. Tolerant: a line that is no field is passed over. */
export function parsePrisma(file: string, text: string): PrismaModel[] {
  const models: PrismaModel[] = [];
  let open: { name: string; fields: PrismaModel['fields'][number][] } | null = null;
  let inComment = false;
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    let line = lines[index]!;
    if (inComment) {
      const end = line.indexOf('*/');
      if (end < 0) continue;
      line = line.slice(end + 2);
      inComment = false;
    }
    const commentStart = line.indexOf('/*');
    if (commentStart >= 0 && !line.slice(0, commentStart).includes('"')) {
      inComment = !line.slice(commentStart).includes('*/');
      line = line.slice(0, commentStart);
    }
    const header = /^\s*(?:model|view|type)\s+(\w+)\s*\{/.exec(line);
    if (header !== null) {
      open = { name: header[1]!, fields: [] };
      models.push({ name: open.name, file, fields: open.fields });
    } else if (/^\s*\}/.test(line)) {
      open = null;
    } else if (open !== null && open.fields.length < MAX_FIELDS) {
      const field = /^\s*([A-Za-z]\w*)\s+([A-Za-z]\w*)(?:\("[^"]*"\))?(\[\])?(\?)?(?=\s|@|$|\/\/)/.exec(line);
      if (field === null) continue;
      open.fields.push({
        name: field[1]!,
        type: field[2]!,
        list: field[3] !== undefined,
        optional: field[4] !== undefined,
        line: index + 1,
      });
    }
  }
  return models;
}
