import { describe, expect, test } from 'vitest';
import { shownAddress } from './address.ts';

describe('an address as it may be shown', () => {
  test.each([
    ['mongodb://h:27017/', 'mongodb://h:27017'],
    ['mongodb://a:b%40c@h1,h2:27018/db?x=y', 'mongodb://h1,h2:27018'],
    ['mongodb://a:se cret@h/', 'mongodb://h'],
    ['mongodb+srv://a@h.example.com/', 'mongodb+srv://h.example.com'],
    ['mongodb://[::1]:27017', 'mongodb://[::1]:27017'],
    ['mongodb://h/?tls=true&tlsCertificateKeyFilePassword=secret', 'mongodb://h'],
  ])('is its protocol and hosts: %s', (url, shown) => expect(shownAddress(url)).toBe(shown));

  test.each([
    ['mongodb://a:se/cret@h/', 'mongodb://'],
    ['mongodb://a:se?cret@h/', 'mongodb://'],
    ['mongodb://a:se@cret@h/', 'mongodb://'],
    ['mongodb://h/?proxyPassword=se@cret', 'mongodb://'],
    ['secret', 'MONGODB_URL'],
    ['http://a:secret@h/', 'MONGODB_URL'],
  ])('is less where the credentials cannot be told from the rest for certain: %s', (url, shown) => expect(shownAddress(url)).toBe(shown));
});
