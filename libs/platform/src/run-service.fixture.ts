import { createServer } from 'node:http';
import { createLogger } from './logger.ts';
import { runService } from './run-service.ts';
import { ConfigurationError } from './startup-failure.ts';

// A service as a process of its own: `node run-service.fixture.ts <mode> [port]`.
const [mode, port = '0'] = process.argv.slice(2);
const logger = createLogger({ service: 'fixture', level: 'info' });

await runService({
  name: 'fixture',
  logger: () => logger,
  start: async () => {
    if (mode === 'misconfigured') throw new ConfigurationError(['HOST must be set', 'PORT must be set']);
    if (mode === 'broken') throw new Error('a bug at the start');
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(Number(port), '127.0.0.1', resolve);
    });
    if (mode === 'rejecting') setImmediate(() => void Promise.reject(new Error('nobody caught this')));
    const close = (name: string) => ({ name, close: async () => void process.stdout.write(`closed ${name}\n`) });
    return {
      url: 'http://127.0.0.1:0',
      closing: [
        { name: 'http', close: () => new Promise<void>((resolve) => void server.close(() => resolve())) },
        close('consumers'),
        close('stores'),
      ],
    };
  },
});
