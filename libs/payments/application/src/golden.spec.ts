import { storedEventsOf } from '@conference/testing-spec';
import { ownCodec, ownSchemaVersions } from './catalog.ts';

storedEventsOf({
  context: 'payments',
  golden: new URL('../golden/', import.meta.url),
  codec: ownCodec,
  versions: ownSchemaVersions,
});
