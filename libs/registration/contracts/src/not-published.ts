import { notPublishedMeaning, type PublicMessage } from '@conference/kernel';
import { z } from 'zod';

export const notPublished = z.object({}).describe(notPublishedMeaning);
export type NotPublished = PublicMessage<'NotPublished', typeof notPublished>;
