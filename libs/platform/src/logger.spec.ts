import { describe, expect, it } from 'vitest';
import { logLines } from './example-server.fixture.ts';
import { createLogger } from './logger.ts';

describe('the logger', () => {
  it('removes secrets and personal data at every depth that a line has', () => {
    const log = logLines();
    const logger = createLogger({ service: 'payments', level: 'info' }, log.stream);
    const person = { email: 'ann@example.org', firstName: 'Ann', lastName: 'Lee', accessCode: 'CODE', token: 'TOKEN', secret: 'SECRET' };
    logger.info({ ...person, registrant: person, order: { registrant: person, attendees: [person] }, a: { b: { c: person } } }, 'placed');
    logger.info({ req: { headers: { authorization: 'Bearer x', cookie: 'c', 'webhook-signature': 'v1,s', accept: 'a' } } }, 'asked');
    expect(log.text()).not.toMatch(/ann@|"Ann"|Lee|CODE|TOKEN|SECRET|Bearer|v1,s/);
    expect(log.lines()[1]).toMatchObject({ req: { headers: { accept: 'a' } } });
  });

  it('writes JSON lines with the service, the level by name and the time as an instant', () => {
    const log = logLines();
    createLogger({ service: 'payments', level: 'warn' }, log.stream).warn({ orderId: 'o' }, 'late');
    expect(log.lines()).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'payments', orderId: 'o', msg: 'late' },
    ]);
  });

  it('writes nothing below its level', () => {
    const log = logLines();
    createLogger({ service: 'payments', level: 'warn' }, log.stream).info('x');
    expect(log.text()).toBe('');
  });
});
