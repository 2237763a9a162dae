import { describe } from 'vitest';
import { describeBuilds } from './read-model-store-builds.ts';
import { type ReadModelStoreCapabilities, readModelStoreCapabilities } from './read-model-store-capabilities.ts';
import { describeCheckpoint } from './read-model-store-checkpoint.ts';
import { describeDocuments } from './read-model-store-documents.ts';
import { describeFind } from './read-model-store-find.ts';
import { type ReadModelStoreUnderTest, readModelSetUp } from './read-model-store-fixtures.ts';
import { describeLeases } from './read-model-store-leases.ts';

export interface ReadModelStoreContractOptions {
  readonly name: string;
  readonly create: () => Promise<ReadModelStoreUnderTest>;
  readonly capabilities?: Partial<ReadModelStoreCapabilities>;
}

/** The guarantees of `ReadModelStore`, for every engine. */
export const readModelStoreContract = ({ name, create, capabilities }: ReadModelStoreContractOptions): void => {
  const promised = { ...readModelStoreCapabilities, ...capabilities };
  describe(`${name} as a read-model store`, () => {
    const setUp = readModelSetUp(create);
    describeDocuments(setUp);
    describeCheckpoint(setUp, promised);
    describeBuilds(setUp);
    describeFind(setUp);
    describeLeases(setUp);
  });
};
