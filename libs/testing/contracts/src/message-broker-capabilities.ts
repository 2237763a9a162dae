/** What an engine promises beyond the port. */
export interface MessageBrokerCapabilities {
  /** Order holds per key only. Without it all messages of a topic arrive in order. */
  readonly partitioned: boolean;
  /** A partition changes hands only when the batch in hand is handled. Without it two members may have one message at once. */
  readonly exclusiveHandover: boolean;
  /** Where a new group from `latest` starts is stored at once, not with its first acknowledgement. */
  readonly latestIsStored: boolean;
}
export const messageBrokerCapabilities: MessageBrokerCapabilities = {
  partitioned: true,
  exclusiveHandover: true,
  latestIsStored: true,
};
