import type { Admin } from 'kafkajs';
import { BrokerUnusable } from './failure.ts';

export interface TopicSettings {
  readonly partitions: number;
  readonly retentionMs: number;
}

/**
 * Keys are spread over the partitions by their number, so a topic with another number is another topic: {@link BrokerUnusable}
 * says which and why. What else it throws may pass: a topic that was made just now is not known everywhere at once.
 */
export const requireTopics = async (admin: Admin, topics: readonly string[], settings: TopicSettings): Promise<void> => {
  if (topics.length === 0) return;
  const { brokers } = await admin.describeCluster();
  const replicas = Math.min(3, brokers.length);
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0)
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: settings.partitions,
        replicationFactor: replicas,
        configEntries: [
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'retention.ms', value: String(settings.retentionMs) },
          { name: 'min.insync.replicas', value: replicas === 3 ? '2' : '1' },
          { name: 'unclean.leader.election.enable', value: 'false' },
        ],
      })),
    });
  for (const topic of topics) await requireAsTold(admin, topic, settings);
};

const requireAsTold = async (admin: Admin, topic: string, { partitions, retentionMs }: TopicSettings): Promise<void> => {
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  const found = metadata.topics[0]?.partitions.length;
  if (found !== partitions)
    throw new BrokerUnusable(`the topic ${topic} has ${found} partitions, not ${partitions}: keys would change their places`);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: topicResource, name: topic, configNames: ['retention.ms', 'cleanup.policy'] }],
  });
  const settingOf = (name: string): string | undefined =>
    resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue;
  for (const [name, wanted] of [
    ['retention.ms', String(retentionMs)],
    ['cleanup.policy', 'delete'],
  ] as const) {
    if (settingOf(name) !== wanted) throw new BrokerUnusable(`the topic ${topic} has ${name}=${settingOf(name)}, not ${wanted}`);
  }
};

/** `ConfigResourceTypes.TOPIC`. */
const topicResource = 2;
