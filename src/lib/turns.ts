export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Runs what has the same key one after another, in the order it was asked for. */
export const createTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    const done = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(done, done);
    return turn;
  };
};
