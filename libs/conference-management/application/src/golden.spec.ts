import { storedEventsOf } from '@conference/testing-spec';
import { conferenceCodec, ownSchemaVersions } from './catalog.ts';

storedEventsOf({
  context: 'conference-management',
  golden: new URL('../golden/', import.meta.url),
  codec: conferenceCodec,
  versions: ownSchemaVersions,
});
