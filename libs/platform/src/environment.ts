import * as z from 'zod';
import { ConfigurationError } from './startup-failure.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** The variables of an environment that are set: an empty one counts as unset. */
const setVariables = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));

/**
 * The environment as `schema` (an object of variable names) says. Every problem is reported, one sentence each; the value
 * is never repeated, since it may be a secret. Throws {@link ConfigurationError}.
 */
export const readConfig = <Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> => {
  const result = schema.safeParse(setVariables(environment));
  if (result.success) return result.data;
  throw new ConfigurationError(result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
};

/** A whole number in decimal digits. */
export const wholeNumber = (range: { readonly min: number; readonly max: number }) => {
  const error = `must be a whole number from ${range.min} to ${range.max}`;
  return z
    .string({ error: 'must be set' })
    .trim()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .refine((value) => value >= range.min && value <= range.max, error);
};

export const text = (form: RegExp, what: string) => z.string({ error: 'must be set' }).trim().regex(form, `must be ${what}`);

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** An absolute http or https address; without a slash at its end. */
export const httpAddress = z
  .string()
  .trim()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'must be an http or https address')
  .transform((value) => value.replace(/\/+$/, ''));
