/** `node infra/healthy.mjs <url>`: exit code 0 when it answers that all is well, else what it says. The image has no other HTTP client. */
const [url = ''] = process.argv.slice(2);
const text = await fetch(url, { signal: AbortSignal.timeout(4_000) }).then(
  async (answer) => (answer.ok ? '' : await answer.text()),
  (error) => String(error),
);
if (text !== '') process.stderr.write(`${text}\n`);
process.exit(text === '' ? 0 : 1);
