/** Loaded into a process of the service: what holds the word ends it while it is being read, not while it is accepted. */
const parse = JSON.parse;
JSON.parse = (text, ...more) => {
  const isRead = typeof text === 'string' && text.includes('POISON') && new Error().stack?.includes('normalize');
  if (isRead) process.kill(process.pid, 'SIGKILL');
  return parse(text, ...more);
};
