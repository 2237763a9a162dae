import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** Both in PEM. The certificate is its own authority. */
  readonly key: string;
  readonly certificate: string;
}

/** For 127.0.0.1 and localhost, from yesterday until ten years from now: Node makes keys, but no certificates (RFC 5280). */
export const selfSignedCertificate = (): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = tbsCertificate(publicKey);
  const signature = sign('sha256', content, privateKey);
  const certificate = sequence(content, ecdsaWithSha256, bitString(signature));
  const base64 = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
};

const tbsCertificate = (publicKey: KeyObject): Buffer => {
  const name = sequence(set(sequence(objectId('550403'), tagged(0x0c, Buffer.from('EventStoreDB double')))));
  const dayMs = 86_400_000;
  const alternativeNames = sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])), tagged(0x82, Buffer.from('localhost')));
  return sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(new Date(Date.now() - dayMs)), utcTime(new Date(Date.now() + 3_650 * dayMs))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(sequence(objectId('551d11'), tagged(0x04, alternativeNames)))),
  );
};

/** In as few bytes as it takes. */
const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  return Buffer.from(length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff]);
};
const tagged = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const set = (content: Buffer): Buffer => tagged(0x31, content);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const objectId = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const utcTime = (date: Date): Buffer => tagged(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));
const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
