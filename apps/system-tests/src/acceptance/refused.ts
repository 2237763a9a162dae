import { RequestRefused } from '@conference/tools';

/** What a command was refused with; fails when it was accepted, or failed in another way. */
export const refusalOf = async (command: Promise<unknown>): Promise<RequestRefused> => {
  try {
    await command;
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
  }
  throw new Error('it was accepted');
};
