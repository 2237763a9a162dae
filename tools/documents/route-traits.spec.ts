import { describe, expect, it } from 'vitest';
import { describedRoutes, traitOf } from './route-traits.ts';

const command = {
  requestBody: {},
  security: [{ registrant: [] }],
  parameters: [{ name: 'Idempotency-Key', in: 'header', required: true }],
};
const openApi = {
  paths: {
    '/a': { get: {}, post: command },
    '/b': { post: command },
    '/c': { put: command },
    '/d': { put: command, delete: { security: [{ registrant: [] }] } },
    '/e': { post: {} },
  },
};
const commands = ['POST /a', 'POST /b', 'PUT /c', 'PUT /d'];

describe('A set of routes in words', () => {
  it('names few', () => expect(describedRoutes(openApi, ['PUT /c', 'GET /a'])).toBe('`GET /a`, `PUT /c`'));
  it('says what many share', () => {
    expect(describedRoutes(openApi, commands)).toBe('every route with a body');
    expect(describedRoutes(openApi, 'everywhere')).toBe('every route');
    expect(describedRoutes(openApi, [])).toBe('');
  });
  it('names those that do not share it beside those that do', () =>
    expect(describedRoutes(openApi, ['GET /a', ...commands])).toBe('every route with a body, `GET /a`'));
  it('never says of many what holds for others too', () =>
    expect(describedRoutes(openApi, ['POST /a', 'POST /b', 'PUT /c', 'DELETE /d'])).not.toContain('every'));
});

describe('What all of some routes share and no other has', () => {
  it('is a trait', () => {
    expect(traitOf(openApi, commands)).toBe('every route with a body');
    expect(traitOf(openApi, 'everywhere')).toBe('every route');
    expect(traitOf(openApi, [...commands, 'DELETE /d'])).toBe('every route that needs a token or a signature');
  });
  it('is nothing where there is none, and of no route', () => {
    expect(traitOf(openApi, ['POST /a'])).toBeUndefined();
    expect(traitOf(openApi, [])).toBeUndefined();
  });
});
