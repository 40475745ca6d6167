/** Resolves once the condition holds, asked anew at each call of the watchers; rejects with the signal's reason. */
export const whenever = (watchers: Set<() => void>, condition: () => boolean, signal: AbortSignal): Promise<void> => {
  if (condition()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      watchers.delete(check);
      signal.removeEventListener('abort', abort);
    };
    const check = () => {
      if (!condition()) return;
      done();
      resolve();
    };
    const abort = () => {
      done();
      reject(signal.reason as Error);
    };
    watchers.add(check);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
};
