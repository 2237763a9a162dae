import { partitionOf } from './message-broker-message.ts';

/** A subscriber while it lives. It gets a share of the partitions of its topics. */
export interface Member {
  readonly group: string;
  readonly topics: readonly string[];
}

/**
 * What is left when a process dies, and what the broker's server knows besides: who is connected. Pass it to every
 * {@link memoryMessageBroker} that shall talk with the others.
 */
export class BrokerDisk {
  readonly partitions: number;
  readonly #topics = new Map<string, readonly string[][]>();
  readonly #offsets = new Map<string, number>();
  readonly #members: Member[] = [];
  readonly #holders = new Map<string, Member>();
  #change = Promise.withResolvers<void>();

  constructor(partitions: number) {
    if (!Number.isSafeInteger(partitions) || partitions < 1) throw new TypeError(`not a number of partitions: ${partitions}`);
    this.partitions = partitions;
  }

  /** The next time anything changes; wakes all who wait, and each looks for itself. */
  changed(): Promise<void> {
    return this.#change.promise;
  }

  notify(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  /** Any text: what is not a message is delivered as undecodable. */
  write(topic: string, records: readonly { readonly key: string; readonly text: string }[]): void {
    const partitions = this.#topics.get(topic) ?? Array.from({ length: this.partitions }, (): string[] => []);
    this.#topics.set(topic, partitions);
    for (const { key, text } of records) partitions[partitionOf(key, this.partitions)]?.push(text);
    this.notify();
  }

  read(topic: string, partition: number, from: number, limit: number): readonly string[] {
    return this.#topics.get(topic)?.[partition]?.slice(from, from + limit) ?? [];
  }

  end(topic: string, partition: number): number {
    return this.#topics.get(topic)?.[partition]?.length ?? 0;
  }

  /** Of the next message that the group has not acknowledged. */
  offset(group: string, topic: string, partition: number): number | undefined {
    return this.#offsets.get(`${group}\n${topic}/${partition}`);
  }

  acknowledge(group: string, topic: string, partition: number, offset: number): void {
    this.#offsets.set(`${group}\n${topic}/${partition}`, offset);
    this.notify();
  }

  join(member: Member): void {
    this.#members.push(member);
    this.notify();
  }

  /** Its share goes to the others; a partition of which it has a batch in hand goes when that is released. */
  leave(member: Member): void {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    this.notify();
  }

  /** The process is gone, and what it had in hand too. */
  drop(member: Member): void {
    for (const [partition, holder] of this.#holders) if (holder === member) this.#holders.delete(partition);
    this.leave(member);
  }

  /** Whether the partition is this member's share. */
  isAssigned(member: Member, topic: string, partition: number): boolean {
    const sharing = this.#members.filter((other) => other.group === member.group && other.topics.includes(topic));
    return sharing[partition % sharing.length] === member;
  }

  /** False while the member before still has a batch of it in hand. */
  hold(member: Member, topic: string, partition: number): boolean {
    const key = `${member.group}\n${topic}/${partition}`;
    if (this.#holders.has(key)) return false;
    this.#holders.set(key, member);
    return true;
  }

  release(member: Member, topic: string, partition: number): void {
    const key = `${member.group}\n${topic}/${partition}`;
    if (this.#holders.get(key) === member) this.#holders.delete(key);
    this.notify();
  }
}

/** Default 3 partitions a topic: enough that order holds per key only, as in Kafka. */
export const createBrokerDisk = ({ partitions = 3 }: { readonly partitions?: number } = {}): BrokerDisk => new BrokerDisk(partitions);
