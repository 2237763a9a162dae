import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { isRunning } from '../processes.ts';
import { untilBrokerAnswers } from './broker-ready.ts';
import { type EngineServer, spawnEngine, startEngine } from './engine-server.ts';
import { installOnce, requireJava, requireMaven, runTool } from './install.ts';

export interface BrokerLogin {
  readonly username: string;
  readonly password: string;
}

export interface BrokerServerOptions {
  /** What is installed lies in its `kafka`. */
  readonly enginesDir: string;
  readonly print?: (line: string) => void;
  /** Kept, with what clients were told is durable. Without it a folder of its own, deleted by `stop`. */
  readonly dataDir?: string;
  /** For clients. Default: one that is free. */
  readonly port?: number;
  /** The port of a proxy that clients are sent to instead. */
  readonly advertised?: number;
  /** Clients must log in as this user, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. Of a data folder from its first start on. */
  readonly login?: BrokerLogin;
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
const clusterId = '4L6g3nShT-eMCtK--X86sw';
const javaOptions = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const readyMsMax = 60_000;
const stopMsMax = 10_000;

type Ports = { readonly client: number; readonly advertised: number; readonly own: number; readonly controller: number };

const loginProperties = ({ username, password }: BrokerLogin): string => `
listener.name.client.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";
listener.name.client.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`;

/**
 * Clients have a listener of their own, which alone may be behind a proxy or a login; the broker reaches itself by another.
 * The short session lets a broker that was killed come back at once: for development and tests.
 */
const propertiesOf = (data: string, { client, advertised, own, controller }: Ports, login?: BrokerLogin): string => `
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controller}
listeners=CLIENT://127.0.0.1:${client},OWN://127.0.0.1:${own},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=CLIENT://127.0.0.1:${advertised},OWN://127.0.0.1:${own},CONTROLLER://127.0.0.1:${controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,OWN:PLAINTEXT,CLIENT:${login === undefined ? 'PLAINTEXT' : 'SASL_PLAINTEXT'}
inter.broker.listener.name=OWN
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
${login === undefined ? '' : loginProperties(login)}`;

/**
 * Apache Kafka on loopback, from its published jars. Rejects with one line that says what is missing or what went wrong, and
 * with one when another broker runs on the data folder: two on one folder break each other.
 */
export const startBrokerServer = async (options: BrokerServerOptions): Promise<EngineServer> => {
  const { print = () => {}, login } = options;
  const java = [...javaOptions, '-cp', join(await installBroker(options), '*')];
  const folder = options.dataDir ?? mkdtempSync(join(options.enginesDir, 'kafka', 'run-'));
  mkdirSync(folder, { recursive: true });
  const hold = holdOf(folder);
  const client = options.port ?? (await freePort());
  const advertised = options.advertised ?? client;
  const own = await freePort([client, advertised]);
  const ports = { client, advertised, own, controller: await freePort([client, advertised, own]) };
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, propertiesOf(join(folder, 'data'), ports, login));
  if (!existsSync(join(folder, 'data', 'meta.properties'))) await format(java, properties, login);
  const deleteFolder = (): void => rmSync(folder, { recursive: true, force: true });
  print('starting the Kafka broker');
  try {
    return await startEngine({
      name: 'the Kafka broker',
      environment: { KAFKA_BROKERS: `127.0.0.1:${ports.advertised}` },
      spawn: () => {
        const child = spawnEngine('java', [...java, 'kafka.Kafka', properties], { cwd: folder });
        hold(child.pid ?? 0);
        return child;
      },
      ready: (_, signal) => untilBrokerAnswers(ports.own, signal),
      readyMsMax,
      stopMsMax,
      ...(options.dataDir === undefined ? { stopped: deleteFolder } : {}),
    });
  } catch (error) {
    if (options.dataDir === undefined) deleteFolder();
    throw error;
  }
};

/** Kafka's own lock falls with the process that held it, and is too late: another broker is found by its process here. */
const holdOf = (folder: string): ((pid: number) => void) => {
  const file = join(folder, 'broker.pid');
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const runsThere = (): boolean =>
    (spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(holder)], { encoding: 'utf8' }).stdout ?? '').includes(folder);
  if (holder > 0 && isRunning(holder) && runsThere()) throw new Error(`the data folder of the Kafka broker is in use by process ${holder}`);
  return (pid) => writeFileSync(file, String(pid));
};

const format = async (java: readonly string[], properties: string, login?: BrokerLogin): Promise<void> => {
  const user = login === undefined ? '' : `=[name=${login.username},password=${login.password}]`;
  const logins =
    login === undefined ? [] : ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => ['--add-scram', `${mechanism}${user}`]);
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--standalone', '--config', properties];
  await runTool('java', [...java, ...tool, ...logins]);
};

/** The folder of the jars, downloaded by Maven when they are missing. */
export const installBroker = async ({
  enginesDir,
  print = () => {},
}: Pick<BrokerServerOptions, 'enginesDir' | 'print'>): Promise<string> => {
  const folder = join(enginesDir, 'kafka');
  const lib = join(folder, 'lib');
  await requireJava();
  const install = async (): Promise<void> => {
    await requireMaven();
    const file = join(folder, 'pom.xml');
    writeFileSync(file, pom);
    await runTool('mvn', ['-B', '-ntp', '-q', '-f', file, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]);
  };
  await installOnce({ folder, wanted: pom, what: 'Apache Kafka 4.4.0 (45 jars, 43 MB)', print, install });
  return lib;
};
