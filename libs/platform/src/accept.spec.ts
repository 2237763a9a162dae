import { expect, it } from 'vitest';
import { preferredMediaType } from './accept.ts';

const chosen = (header: string | undefined) => preferredMediaType(header, ['application/json', 'text/csv']);

it.each([
  undefined,
  '',
  '*/*',
  'application/json',
  'text/html',
  'application/json, text/csv',
  'text/csv;q=0.5, application/json',
  'text/csv;q=0',
  'text/csv;q=0.4, */*;q=0.8',
  'text/csv'.repeat(500),
])('A client that accepts %j has JSON', (header) => expect(chosen(header)).toBe('application/json'));

it.each([
  'text/csv',
  'TEXT/CSV',
  'text/csv; charset=utf-8',
  'text/*',
  'text/csv, */*',
  'text/csv, application/json;q=0.9',
  'text/html, text/csv;q=0.8, */*;q=0.1',
  'application/json;q=0, text/csv;q=0.1',
])('A client that accepts %j has CSV', (header) => expect(chosen(header)).toBe('text/csv'));
