/**
 * Starts attempts one after the other, each when the one before has failed or has not answered for `patienceMs`: one
 * that never answers holds up the others for that long only.
 * @returns the first success
 * @throws AggregateError with the error of every attempt, in order
 */
export function firstAnswer<Result>(
  attempts: (() => Promise<Result>)[],
  patienceMs: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const errors: unknown[] = [];
    let started = 0;
    let failed = 0;
    let patience: NodeJS.Timeout | undefined;
    const startNext = () => {
      clearTimeout(patience);
      const index = started;
      const attempt = attempts[index];
      if (!attempt) return;
      started++;
      patience = setTimeout(startNext, patienceMs);
      attempt().then(
        (result) => {
          clearTimeout(patience);
          started = attempts.length;
          resolve(result);
        },
        (error) => {
          errors[index] = error;
          failed++;
          if (failed < attempts.length) return startNext();
          clearTimeout(patience);
          reject(new AggregateError(errors));
        },
      );
    };
    startNext();
  });
}
