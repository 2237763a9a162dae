import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BrokerServer {
  /** `127.0.0.1:<port>`, for `KAFKA_BROKERS`. */
  readonly address: string;
  readonly pid: number;
  /** Asks it to end, and ends it after ten seconds. Its data are deleted. */
  stop(): Promise<void>;
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>conference</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** The last two let a broker that was killed come back at once: for development and tests. */
const propertiesOf = (data: string): string => `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:0
listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=1
num.io.threads=2
background.threads=2
log.cleaner.dedupe.buffer.size=2097152
log.segment.bytes=16777216
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=250
`;
const clusterId = '4L6g3nShT-eMCtK--X86sw';
const javaOptions = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const readyMsMax = 60_000;
const stopMsMax = 10_000;

/**
 * Apache Kafka on loopback, from its published jars, in `<folder>/kafka`: installed once. Each server has a data folder of
 * its own, since two on one folder break each other. Rejects with one line that says what is missing or what went wrong.
 */
export const startBrokerServer = async ({
  folder,
  log = () => {},
}: {
  readonly folder: string;
  readonly log?: (line: string) => void;
}): Promise<BrokerServer> => {
  const classPath = join(installed(join(folder, 'kafka'), log), '*');
  const run = mkdtempSync(join(folder, 'kafka', 'run-'));
  const properties = join(run, 'server.properties');
  writeFileSync(properties, propertiesOf(join(run, 'data')));
  const java = [...javaOptions, '-cp', classPath];
  required('java', [...java, 'kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--standalone', '--config', properties]);
  log('starting the Kafka broker');
  const child = spawn('java', [...java, 'kafka.Kafka', properties], { stdio: ['ignore', 'pipe', 'pipe'], cwd: run });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(impatience);
    rmSync(run, { recursive: true, force: true });
  };
  try {
    const address = await Promise.race([addressOf([child.stdout, child.stderr]), failed(ended, 'the Kafka broker ended while it started')]);
    return { address, pid: child.pid ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const failed = async (ended: Promise<void>, reason: string): Promise<never> => {
  await ended;
  throw new Error(reason);
};

/** The controller tells its socket first, the broker its own last; then both are ready. */
const addressOf = (outputs: readonly NodeJS.ReadableStream[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error(`the Kafka broker was not ready in ${readyMsMax / 1_000} s`)), readyMsMax);
    let text = '';
    let isReady = false;
    const read = (chunk: Buffer): void => {
      if (isReady) return;
      text += chunk.toString();
      const address = [...text.matchAll(/Awaiting socket connections on (127\.0\.0\.1:\d+)/g)].at(-1)?.[1];
      if (!text.includes('Kafka Server started') || address === undefined) return;
      isReady = true;
      text = '';
      clearTimeout(timeout);
      resolve(address);
    };
    for (const output of outputs) output.on('data', read);
  });

/** The folder of the jars. A stamp tells that these are the jars of this list: Maven alone takes seconds to find nothing to do. */
const installed = (folder: string, log: (line: string) => void): string => {
  const lib = join(folder, 'lib');
  const stamp = join(folder, 'installed');
  const hash = createHash('sha256').update(pom).digest('hex');
  required('java', ['-version']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && existsSync(lib) && readdirSync(lib).length > 0) return lib;
  required('mvn', ['-version']);
  log('installing Apache Kafka (45 jars, 43 MB, once)');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pom.xml'), pom);
  required('mvn', ['-B', '-ntp', '-q', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]);
  writeFileSync(stamp, hash);
  return lib;
};

const packages = { java: 'Java 17 or newer (Debian: openjdk-17-jre-headless)', mvn: 'Maven (Debian: maven)' } as const;

const required = (command: keyof typeof packages, args: readonly string[]): void => {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${command} is missing: install ${packages[command]}`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split('\n').at(-1)}`);
};
