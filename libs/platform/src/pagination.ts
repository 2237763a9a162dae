import * as z from 'zod';

export const pageLimitDefault = 50;
export const pageLimitMax = 100;

/** For the `querystring` of a list; extend it with the list's own filters. The cursor is the read-model store's to judge. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(pageLimitMax).default(pageLimitDefault).describe(`At most this many, 1 to ${pageLimitMax}`),
  after: z.string().min(1).max(512).optional().describe('The `next` of the page before'),
});

/** The answer of a list: `next` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), next: z.string().nullable() });
