/**
 * An engine cannot be reached, does not answer in time or cannot serve now; the same call may succeed later. Of a write it says
 * nothing by itself: where a port does not say more, the write may have been done, and may be repeated as it was.
 *
 * The message is one line that whoever may see a service's health may read: no address, no credentials. Those are in the cause.
 */
export class EngineUnavailable extends Error {
  override readonly name: string = 'EngineUnavailable';
}
