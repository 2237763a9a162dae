/** A field of a schema: its name, and the name of the field that holds it (`''` at the top). */
export type SchemaField = readonly [holder: string, field: string];

/** Every field that a JSON Schema describes, however deep it hides: in lists, alternatives and definitions. */
export const fieldsOf = (jsonSchema: unknown): readonly SchemaField[] => {
  const found: SchemaField[] = [];
  const visit = (node: unknown, holder: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      if (key !== 'properties') visit(inner, holder);
      else
        for (const [field, type] of Object.entries(inner as object)) {
          found.push([holder, field]);
          visit(type, field);
        }
    }
  };
  visit(jsonSchema, '');
  return found;
};
