// Writes each top-level case as a line of JSON: its name, whether it passed, and the reason when it did not.

export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite' || !data.name.startsWith('item ')) continue;
    const error = data.details?.error;
    const reason = error ? (error.cause?.stack ?? error.cause ?? error.message) : null;
    yield `${JSON.stringify({ name: data.name, passed: type === 'test:pass' && !data.skip && !data.todo, reason: reason && String(reason) })}\n`;
  }
}
