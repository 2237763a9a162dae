import { Metadata, type ServiceError, type status } from '@grpc/grpc-js';

/** An error as the server sends it: `exception` in the trailers is what the client goes by. */
export const commandError = (code: status, details: string, trailers: Readonly<Record<string, string>> = {}): ServiceError => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
};
